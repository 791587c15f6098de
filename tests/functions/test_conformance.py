"""Conformance with OpenAI's API, walked over its own schemas; the properties of each group, and every answer valid."""

import json

import pytest

from bench import openai_schema
from bench.conformance import WALKS, walked
from bench.conformance_probe import problems
from bench.conformance_walk import Walk


@pytest.fixture(scope="module")
def groups() -> dict[str, Walk]:
    return walked()


@pytest.mark.parametrize(("group", "least"), [(group, least) for group, (_, least) in WALKS.items()])
def test_a_group_reaches_its_score(groups: dict[str, Walk], group: str, least: float) -> None:
    walk = groups[group]
    assert walk.score >= least, walk.lacking()


@pytest.mark.parametrize("group", WALKS)
def test_every_answer_that_was_given_is_valid(groups: dict[str, Walk], group: str) -> None:
    walk = groups[group]
    given = sum(map(len, walk.given.values()))
    assert given >= len([one for one in walk.endpoints.values() if one.response]), "every endpoint answered"
    assert sorted(set(walk.wrong)) == []


def test_a_score_counts_what_is_lost() -> None:
    walk = Walk("embeddings", lambda *_, **__: None)
    assert walk.score == 0.0
    walk.effect("POST /embeddings", "input", holds=True)
    walk.asked["POST /embeddings", "user"] = 0.5
    assert walk.score == pytest.approx(100 * 1.5 / 14)


def test_the_schema_catches_a_wrong_answer() -> None:
    endpoint = next(openai_schema.endpoints("embeddings"))
    assert endpoint.response
    assert problems(endpoint.response, {"object": "list", "model": "m", "data": [{"object": "embedding", "index": "0"}]})


def test_the_extract_is_the_documents() -> None:
    if not openai_schema.SPEC.exists():
        pytest.skip("needs ../shared/spec: the document lies beside the checkout")
    assert json.loads(openai_schema.EXTRACT.read_text(encoding="utf-8")) == openai_schema.extract()
