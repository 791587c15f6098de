"""The language of chains: what is refused and how it is told, and what expressions give."""

from typing import Any

import pytest

from maru.chains.expressions import ExpressionError, Scope, check, evaluate
from maru.chains.loading import ChainInvalid, read
from tests.chain_world import MINJI, World, world
from tests.conftest import MakeTable
from tests.unit.chains.mistakes import MISTAKES


@pytest.fixture
def here(make_table: MakeTable, s3: Any) -> World:
    return world(make_table, s3, "http://127.0.0.1:9/v1", hosts=frozenset({"hooks.example"}))


def test_every_mistake_is_told_with_its_line_and_step_and_nothing_is_published(here: World) -> None:
    wrong = {}
    for name, marked, words in MISTAKES:
        line = next(number for number, one in enumerate(marked.splitlines(), 1) if "#!" in one)
        try:
            here.publisher.publish(MINJI, marked.replace(" #!", "").replace("#!", ""))
        except ChainInvalid as error:
            if f"line {line}" not in error.message or not all(word in error.message for word in words):
                wrong[name] = error.message
        else:
            wrong[name] = "published"
    assert wrong == {}
    assert len(MISTAKES) >= 30
    assert here.machines.machines == {}
    assert here.chains.list("acme") == []


def test_all_mistakes_are_told_at_once(here: World) -> None:
    text = "chain: x\nsteps:\n  - {id: a, type: transform, value: '{% $x %}'}\n  - {id: a, type: wait}\n"
    with pytest.raises(ChainInvalid) as caught:
        here.publisher.publish(MINJI, text)
    assert [(one.line, one.step) for one in caught.value.problems] == [(3, "a"), (4, "a"), (4, "a")]


def test_circles_of_chains_are_refused(here: World) -> None:
    here.publish("chain: one\nsteps:\n  - {id: a, type: transform, value: 1}\n")
    here.publish("chain: two\nsteps:\n  - {id: a, type: chain, chain: one}\n")
    with pytest.raises(ChainInvalid, match="circle"):
        here.publish("chain: one\nsteps:\n  - {id: a, type: chain, chain: two}\n")


def test_expressions_are_evaluated_as_step_functions_does() -> None:
    scope = Scope({"input": {"a": 1, "none": None, "list": [3, 4]}}, {"v": {"x": [1]}}, moment=1.5, seed="run")
    given = {
        "sum": "{% $states.input.a + 1 %}",
        "none": "{% $states.input.none %}",
        "nested": ["{% $v.x %}", "plain"],
        "parts": "{% $partition([1..5], 2) %}",
        "range": "{% $range(1, 9, 4) %}",
        "hash": "{% $hash('x', 'SHA-256') %}",
        "parsed": "{% $parse('{\"a\": 1}') %}",
        "now": "{% $now() %}",
        "millis": "{% $millis() %}",
    }
    found = evaluate(given, scope)
    assert found == {
        "sum": 2,
        "none": None,
        "nested": [[1], "plain"],
        "parts": [[1, 2], [3, 4], [5]],
        "range": [1, 5, 9],
        "hash": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
        "parsed": {"a": 1},
        "now": "1970-01-01T00:00:01.500Z",
        "millis": 1500,
    }


def test_chance_is_the_same_in_each_attempt_and_another_in_each_run() -> None:
    first, again, other = (evaluate("{% [$random(), $uuid()] %}", Scope({}, seed=seed)) for seed in ("a", "a", "b"))
    assert first == again != other


@pytest.mark.parametrize(
    "expression",
    [
        "{% $states.input.nobody %}",
        "{% $eval('1') %}",
        "{% $f(1) %}",
        "{% ($f := function($x){$f($x + 1)}; $f(1)) %}",
        "{% function($x){$x} %}",
        "{% $hash('x', 'ROT13') %}",
        "{% $range(1, 100000, 1) %}",
    ],
)
def test_what_gives_nothing_or_runs_for_ever_fails(expression: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(expression, Scope({"input": {}}))


def test_syntax_is_told_with_its_place() -> None:
    assert check("a.b") is None
    assert "character" in str(check("1 +"))


def test_an_emoji_that_json_escapes_is_one_character() -> None:
    assert read(r'{"description": "\ud83d\ude00"}').data == {"description": "😀"}
