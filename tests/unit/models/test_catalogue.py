"""The catalogue: what holds where, and errors that name the entry and the field."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from maru.errors import BadRequest, NotFound
from maru.models import Catalogue, CatalogueError

SHIPPED = Path(__file__).parents[3] / "catalogue" / "models.yaml"
TARGET = {"model": "m", "base_url": "http://x/v1"}


def catalogue(*entries: dict[str, Any], keys: frozenset[str] = frozenset(), **values: str) -> Catalogue:
    return Catalogue({"models": list(entries)}, values, keys)


def chat(alias: str = "default", **target: Any) -> dict[str, Any]:
    return {"alias": alias, "kind": "chat", "targets": [TARGET | target]}


def test_the_first_entry_whose_names_have_values_holds() -> None:
    entries = [chat(base_url="${MODEL_URL}", model="${MODEL_NAME:-other}"), chat(model="bundled")]
    assert catalogue(*entries).find("default", "chat").targets[0].model == "bundled"
    chosen = catalogue(*entries, MODEL_URL="http://here/v1/").find("default", "chat").targets[0]
    assert (chosen.base_url, chosen.model) == ("http://here/v1", "other")
    assert catalogue(*entries, MODEL_URL="http://here", MODEL_NAME="mine").find("default", "chat").targets[0].model == "mine"


def test_an_entry_whose_key_is_not_there_is_not_offered() -> None:
    assert catalogue(chat(key="OPENAI_API_KEY")).get("default") is None
    assert catalogue(chat(key="OPENAI_API_KEY"), keys=frozenset({"OPENAI_API_KEY"})).get("default")
    assert catalogue(chat(key="MODEL_KEY", key_required=False)).get("default")


def test_what_a_stage_lacks_is_named() -> None:
    with pytest.raises(CatalogueError, match="'default' cannot be used here: no value for MODEL_KEY, MODEL_URL"):
        catalogue(chat(base_url="${MODEL_URL}", key="MODEL_KEY")).demand("default")
    with pytest.raises(CatalogueError, match="no such entry"):
        catalogue().demand("default")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (chat(price={"input": -1}), r"models\[0\] 'default': targets\[0\].price.input"),
        (chat(price={"input": 1, "image": 1e-12}), r"targets\[0\].price.image: must be 0, or 0.000000001 or more"),
        (chat(prise={"input": 1}), r"targets\[0\].prise: there is no such field here"),
        (chat(base_url="ftp://x"), r"targets\[0\].base_url: .*http"),
        (chat() | {"kind": "painting"}, "kind: must be 'chat', 'embeddings', 'rerank' or 'ocr'"),
        (chat() | {"targets": []}, "targets: "),
        ({"kind": "chat", "targets": [TARGET]}, r"models\[0\]: alias: is required"),
        # Wrong where it is not used either: it would be found out in production.
        (chat(base_url="${MODEL_URL}", context_length=0), r"targets\[0\].context_length"),
    ],
)
def test_errors_name_the_entry_and_the_field(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(CatalogueError, match=message):
        catalogue(entry)


@pytest.mark.parametrize("text", ["models: [", "- 1", "models: 3"])
def test_a_file_that_is_no_catalogue_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "models.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"models\.yaml"):
        Catalogue.load(tmp_path / "models.yaml", {})
    with pytest.raises(CatalogueError, match="no such file"):
        Catalogue.load(tmp_path / "other.yaml", {})


def test_unknown_and_wrong_aliases_name_the_model() -> None:
    one = catalogue(chat())
    with pytest.raises(NotFound) as unknown:
        one.find("nobody", "chat")
    with pytest.raises(BadRequest) as wrong:
        one.find("default", "embeddings")
    assert [unknown.value.param, wrong.value.param] == ["model", "model"]


def test_amounts_are_what_was_written() -> None:
    price = catalogue(chat(price={"input": 0.1, "output": 0.30})).find("default", "chat").targets[0].price
    assert price
    assert (price.input, price.output) == (Decimal("0.1"), Decimal("0.3"))


@pytest.mark.parametrize(
    ("values", "default", "languages"),
    [
        ({"LOCAL_URL": "http://local/v1"}, "reader", ("en",)),
        ({"LOCAL_URL": "http://local/v1", "MODEL_URL": "http://vllm/v1", "MODEL_NAME": "qwen"}, "qwen", ("en",)),
        ({"BEDROCK_REGION": "ap-northeast-1"}, "openai.gpt-oss-120b-1:0", ("ko", "en")),
    ],
)
def test_the_shipped_catalogue_has_its_defaults_everywhere(values: dict[str, str], default: str, languages: tuple[str, ...]) -> None:
    shipped = Catalogue.load(SHIPPED, values)
    assert shipped.demand("default").targets[0].model == default
    assert shipped.demand("embedding").languages[: len(languages)] == languages
    assert shipped.demand("small").kind == "chat"
    assert (shipped.get("scripted") is not None) == ("LOCAL_URL" in values)


def test_every_shipped_price_is_stated_or_left_to_the_operator() -> None:
    everything = {"LOCAL_URL": "http://l", "BEDROCK_REGION": "us-west-2"}
    catalogues = [Catalogue.load(SHIPPED, everything, frozenset(keys)) for keys in (("OPENAI_API_KEY",), ("COHERE_API_KEY",))]
    for alias in (one for catalogue in catalogues for one in catalogue):
        assert all(target.price for target in alias.targets), alias.alias
        # A price of nothing is told of what runs on one's own machine alone.
        assert all(any((one.price.input, one.price.search)) or one.private for one in alias.targets if one.price), alias.alias
    providers = [catalogue.demand("rerank").targets[0].provider for catalogue in catalogues]
    assert providers == ["bedrock-rerank", "cohere"]


@pytest.mark.parametrize(
    ("url", "role"),
    [
        ("https://api.openai.com/v1", "developer"),
        ("https://eu.api.openai.com/v1", "developer"),
        ("https://mine.openai.azure.com/openai/v1", "developer"),
        ("http://127.0.0.1:8000/v1", "system"),
        ("https://openai.com.example.org/v1", "system"),
        ("https://api.example.org/openai.com/v1", "system"),
    ],
)
def test_the_role_of_developers_messages_goes_by_the_address_where_it_is_not_said(url: str, role: str) -> None:
    def target(**told: Any) -> Any:
        entry = {"alias": "a", "kind": "chat", "targets": [{"model": "m", "base_url": url, **told}]}
        return Catalogue({"models": [entry]}, {}).demand("a").targets[0]

    assert target().developer == role
    assert target(developer="developer").developer == "developer"
    with pytest.raises(CatalogueError, match=r"targets\[0\]\.developer"):
        target(developer="boss")
