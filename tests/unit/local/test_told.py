"""What the environment tells a local run: wrong values are refused before anything starts."""

import pytest

from functions.admin.settings import Settings
from local.told import WrongSetting, check, second_currency


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("MARU_MODEL_URL", "localhost:8000/v1", "base URL"),
        ("MARU_MODEL_URL", "http://host:port/v1", "base URL"),
        ("MARU_EMBED_URL", "ftp://embed/v1", "base URL"),
        ("MARU_RERANK_URL", "rerank/v1", "base URL"),
        ("MARU_EMBED_DIMENSIONS", "768.0", "whole number"),
        ("MARU_EMBED_DIMENSIONS", "0", "whole number"),
        ("MARU_DATA_URL", "mysql://maru:sesame@db/maru", "postgresql://"),
        ("MARU_SOURCE_HOSTS", "wiki.corp http://git.corp/", "'http://git.corp/'"),
        ("MARU_SOURCE_HOSTS", "wiki.corp,git.corp", "by spaces"),
        ("MARU_SOURCE_HOSTS", "*", "by spaces"),
        ("MARU_VECTOR_ENGINES", "postgres", "JSON object"),
        ("MARU_VECTOR_ENGINES", '["chroma"]', "JSON object"),
        ("MARU_VECTOR_ENGINES", '{"sqlite": {"kind": "chroma", "location": "http://c"}}', "not 'sqlite'"),
        ("MARU_VECTOR_ENGINES", '{"Old One": {"kind": "chroma", "location": "http://c"}}', "small letter"),
        ("MARU_VECTOR_ENGINES", '{"old": "sesame"}', "'old'"),
        ("MARU_VECTOR_ENGINES", '{"old": {"kind": "mysql", "location": "mysql://maru:sesame@db/maru"}}', "kind"),
        ("MARU_VECTOR_ENGINES", '{"old": {"kind": "sqlite", "location": "/tmp/old"}}', "sqlite"),
        ("MARU_VECTOR_ENGINES", '{"old": {"kind": "postgres", "location": "mysql://maru:sesame@db/maru"}}', "postgresql://"),
        ("MARU_VECTOR_ENGINES", '{"old": {"kind": "pinecone", "location": "aws/us-east-1"}}', "secret"),
        ("MARU_SECOND_CURRENCY", "KRW", "KRW=1380.5"),
        ("MARU_SECOND_CURRENCY", "won=1380", "KRW=1380.5"),
        ("MARU_SECOND_CURRENCY", "KRW=0.00", "KRW=1380.5"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(name: str, value: str, remedy: str) -> None:
    with pytest.raises(WrongSetting) as refused:
        check({name: value})
    assert str(refused.value).startswith(f"{name} cannot be used: ")
    assert remedy in str(refused.value)
    assert "sesame" not in str(refused.value)


def test_what_is_right_empty_or_missing_passes() -> None:
    check({})
    check({"MARU_MODEL_URL": "", "MARU_SOURCE_HOSTS": " "})
    check(
        {
            "MARU_MODEL_URL": "https://models.corp/v1",
            "MARU_EMBED_URL": "http://[::1]:8000/v1",
            "MARU_EMBED_DIMENSIONS": "768",
            "MARU_DATA_URL": "postgresql://maru:sesame@127.0.0.1:5432/maru",
            "MARU_SECOND_CURRENCY": "KRW=1380.5",
            "MARU_VECTOR_ENGINES": '{"company": {"kind": "postgres", "location": "postgresql://maru:sesame@db:5432/maru"}}',
            "MARU_SOURCE_HOSTS": "wiki.corp *.corp git.corp:8443 127.0.0.1:* [::1]:3000 위키.corp",
        }
    )


def test_a_second_currency_is_the_admin_functions_setting() -> None:
    assert second_currency({}) == {}
    told = second_currency({"MARU_SECOND_CURRENCY": "KRW=1380.5"})
    assert told == {"SECOND_CURRENCY": "KRW", "SECOND_CURRENCY_RATE": "1380.5"}
    assert {name.lower() for name in told} <= Settings.model_fields.keys()
