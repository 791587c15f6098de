"""Prompts: what a template accepts, how it is filled in, and how versions and labels behave."""

from typing import Any

import pytest
from pydantic import ValidationError

from maru.errors import BadRequest, NotFound
from maru.prompts.store import PromptStore
from maru.prompts.template import Template
from tests.conftest import MakeTable

GREETING: dict[str, Any] = {
    "messages": [{"role": "system", "content": "역할: {{ role }}"}, {"role": "user", "content": "{{question}} {{ data }}"}],
    "variables": {"role": {"default": "비서"}, "question": {}, "data": {"type": "object", "required": False}},
    "model": "default",
    "parameters": {"temperature": 0.2},
}


@pytest.fixture
def store(make_table: MakeTable) -> PromptStore:
    return PromptStore(make_table(PromptStore.SPEC))


def publish(store: PromptStore, content: dict[str, Any], tenant: str = "acme") -> int:
    return store.publish(tenant, "greeting", Template.model_validate(content), description="", user="u").version


def test_values_are_inserted_once_and_as_data() -> None:
    rendered = Template.model_validate(GREETING).render({"question": "{{role}} {% x %}", "data": {"a": [1, "나"]}})
    assert rendered == [{"role": "system", "content": "역할: 비서"}, {"role": "user", "content": '{{role}} {% x %} {"a": [1, "나"]}'}]
    assert Template.model_validate(GREETING).render({"question": "?"})[1]["content"] == "? "


@pytest.mark.parametrize(
    ("values", "param"),
    [
        ({}, "variables.question"),
        ({"question": 5}, "variables.question"),
        ({"question": "?", "data": []}, "variables.data"),
        ({"question": "?", "colour": "red"}, "variables.colour"),
    ],
)
def test_wrong_values_are_refused_by_name(values: dict[str, Any], param: str) -> None:
    with pytest.raises(BadRequest) as refused:
        Template.model_validate(GREETING).render(values)
    assert refused.value.param == param


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"variables": {}}, "has no entry"),
        ({"messages": [{"role": "user", "content": "x"}]}, "stands in no message"),
        ({"variables": GREETING["variables"] | {"role": {"default": 3}}}, "is no string"),
        ({"messages": []}, "at least 1"),
        ({"surprise": 1}, "Extra inputs"),
    ],
)
def test_inconsistent_templates_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Template.model_validate(GREETING | change)


def test_booleans_are_no_integers() -> None:
    template = Template.model_validate({"messages": [{"role": "user", "content": "{{n}}"}], "variables": {"n": {"type": "integer"}}})
    assert template.render({"n": 3})[0]["content"] == "3"
    with pytest.raises(BadRequest):
        template.render({"n": True})


def test_versions_count_up_and_equal_content_is_no_new_one(store: PromptStore) -> None:
    assert [
        publish(store, GREETING),
        publish(store, GREETING),
        publish(store, GREETING | {"model": "small"}),
        publish(store, GREETING),
    ] == [
        1,
        1,
        2,
        3,
    ]
    assert [version.version for version in store.versions("acme", "greeting")] == [3, 2, 1]
    assert store.find("acme", "greeting", "2").template.model == "small"


def test_labels_move_between_versions_that_exist(store: PromptStore) -> None:
    publish(store, GREETING)
    publish(store, GREETING | {"model": "small"})
    assert store.label("acme", "greeting", "live", 1) is None
    assert store.label("acme", "greeting", "live", 2) == 1
    assert store.find("acme", "greeting").version == 2
    with pytest.raises(NotFound, match="no version 9"):
        store.label("acme", "greeting", "live", 9)
    with pytest.raises(NotFound, match="no label 'canary'"):
        store.find("acme", "greeting", "canary")
    assert [(prompt.version, labels) for prompt, labels in store.list("acme")] == [(2, {"live": 2})]


def test_tenants_do_not_see_each_others_prompts(store: PromptStore) -> None:
    publish(store, GREETING)
    assert store.list("other") == []
    with pytest.raises(NotFound):
        store.versions("other", "greeting")
    with pytest.raises(BadRequest):
        store.publish("acme", "Not a name", Template.model_validate(GREETING), description="", user="u")
