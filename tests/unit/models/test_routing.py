"""Where requests may go: classes of difficulty, private targets, lengths, weights; pure decisions, no call made."""

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from maru.errors import BadRequest, Forbidden
from maru.models import Catalogue, CatalogueError, Router, Wish
from maru.models.catalogue import Alias
from maru.models.difficulty import judged
from maru.models.routing import ordered
from maru.models.rules import Routing

SHIPPED = Routing.load("catalogue")


def asking(text: str, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}], **more}


def target(model: str, **more: Any) -> dict[str, Any]:
    return {"model": model, "base_url": "https://models.example.org/v1", **more}


def catalogue(**aliases: Any) -> Catalogue:
    """Aliases by name: a list of targets, or more of an entry."""
    entries = [
        {"alias": name, "kind": "chat", "abilities": ["tools"], **({"targets": one} if isinstance(one, list) else one)}
        for name, one in aliases.items()
    ]
    return Catalogue({"models": entries}, {})


AUTO = {"classes": {"small": "s", "medium": "m", "large": "l"}, "abilities": []}
THREE = {"s": [target("small")], "m": [target("medium")], "l": [target("large")], "auto": AUTO}


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("안녕하세요", "small"),
        ("What time is it in Busan?", "small"),
        ("연차는 며칠인가요?", "small"),
        ("왜 하늘은 파란가요?", "medium"),
        ("Why is the sky blue?", "medium"),
        ("두 전략의 장단점을 비교하고 최적안을 근거와 함께 설계해 주세요.", "large"),
        ("Compare both strategies, analyze their trade-offs and justify the optimal one step by step.", "large"),
        ("회의록입니다. " + "결정된 것은 다음과 같습니다. " * 150, "medium"),
        ("Minutes of the meeting. " + "What was decided is as follows. " * 250, "medium"),
        ("```python\n" + "x = x + 1\n" * 20 + "```\n이 코드를 분석하고 디버그해 줘", "large"),
        ("select id from orders where total > 10;\n" * 12 + "why is it slow?", "large"),
    ],
)
def test_both_languages_are_judged_alike(text: str, size: str) -> None:
    assert judged(asking(text), SHIPPED).size == size


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("계약서에 도장 찍어도 돼?", "legal"),
        ("Is this contract fine?", "legal"),
        ("API의 contract를 봐 줘", "legal"),
        ("TERMS OF SERVICE", "legal"),
        ("환불해 주세요", "payment"),
        ("Send the wire transfer", "payment"),
        ("\u1100\u1167\u11af\u110c\u1166 취소", "payment"),
    ],
)
def test_words_force_a_class(text: str, rule: str) -> None:
    verdict = judged(asking(text), SHIPPED)
    assert (verdict.size, verdict.why) == ("large", f"rule {rule}")


def test_a_word_within_a_word_forces_nothing() -> None:
    assert judged(asking("The muscles contracted, illegally or not"), SHIPPED).size == "small"


def test_the_history_and_the_form_count_and_the_reason_says_so() -> None:
    turns = [{"role": role, "content": "ok"} for role in ("user", "assistant") * 12]
    plain = judged({"messages": [*turns, {"role": "user", "content": "왜 그렇죠?"}], "tools": [{"type": "function"}]}, SHIPPED)
    assert plain.why == "score 0.35 (reasoning 0.15, history 0.10, form 0.10)"
    assert plain.size == "medium"


def test_a_preference_moves_the_borders() -> None:
    hard = asking("두 안을 비교하고 근거를 대 주세요")
    sizes = [judged(hard, SHIPPED, preference).size for preference in ("cost", "balanced", "quality")]
    assert sizes == ["medium", "medium", "large"]
    assert [judged(asking("왜죠?"), SHIPPED, one).size for one in ("cost", "balanced", "quality")] == ["small", "medium", "medium"]


def test_auto_leads_to_the_alias_of_the_class_under_its_own_name() -> None:
    route = Router(SHIPPED).decide(catalogue(**THREE).find("auto", "chat"), asking("계약서 검토"))
    assert (route.alias.alias, route.size, [one.model for one in route.alias.targets]) == ("auto", "large", ["large"])
    assert route.told(route.alias.targets[0]) == 'auto; class=large; why="rule legal"; target=openai/large'


def test_a_class_that_cannot_gives_way_to_the_nearest_that_can() -> None:
    held = catalogue(s=[target("small")], l={"targets": [target("large")], "abilities": []}, auto=AUTO)
    assert Router(SHIPPED).decide(held.find("auto", "chat"), asking("왜죠?")).size == "large"
    tools = Router(SHIPPED).decide(held.find("auto", "chat"), asking("계약서", tools=[{"type": "function"}]))
    assert (tools.size, tools.why) == ("small", ("rule legal", "small instead of large"))
    with pytest.raises(BadRequest) as refused:
        Router(SHIPPED).decide(held.find("auto", "chat"), asking("계약서", response_format={"type": "json_schema"}))
    assert refused.value.param == "response_format"


def test_only_private_targets_see_what_is_sensitive() -> None:
    held = catalogue(a=[target("public"), target("own", private=True)], b=[target("public")])
    wish = Wish(private=("class customer",))
    route = Router().decide(held.find("a", "chat"), asking("안녕"), wish)
    assert ([one.model for one in route.alias.targets], route.why) == (["own"], ("private: class customer",))
    with pytest.raises(Forbidden) as refused:
        Router().decide(held.find("b", "chat"), asking("안녕"), wish)
    assert (refused.value.code, refused.value.param) == ("private_model_required", "model")
    assert "class customer" in refused.value.message


def test_auto_passes_over_classes_without_private_targets() -> None:
    held = catalogue(**{**THREE, "s": [target("small", private=True)]})
    route = Router(SHIPPED).decide(held.find("auto", "chat"), asking("소송"), Wish(private=("the caller's word",)))
    assert (route.size, route.why) == ("small", ("rule legal", "small instead of large", "private: the caller's word"))
    with pytest.raises(Forbidden):
        Router(SHIPPED).decide(catalogue(**THREE).find("auto", "chat"), asking("소송"), Wish(private=("the caller's word",)))


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://10.1.2.3/v1", True),
        ("http://[fd00::1]/v1", True),
        ("http://vllm.internal/v1", True),
        ("http://localhost/v1", True),
        ("https://8.8.8.8/v1", False),
        ("https://localhost.example.org/v1", False),
        ("https://api.openai.com/v1", False),
    ],
)
def test_an_address_says_whether_it_is_inside(url: str, private: bool) -> None:
    one, said = catalogue(a=[{"model": "m", "base_url": url}, {"model": "m", "base_url": url, "private": not private}]).demand("a").targets
    assert (one.private, said.private) == (private, not private)


def test_lengths() -> None:
    held = catalogue(
        short={"targets": [target("m")], "max_input_tokens": 100},
        two=[target("small", context_length=1000), target("large", context_length=100_000)],
    )
    long = asking("오늘 회의 내용입니다. " * 400)
    assert [one.model for one in Router().decide(held.find("two", "chat"), long).alias.targets] == ["large"]
    assert len(Router().decide(held.find("two", "chat"), asking("안녕")).alias.targets) == 2
    for name, body in (("short", long), ("two", asking("word " * 200_000))):
        with pytest.raises(BadRequest) as refused:
            Router().decide(held.find(name, "chat"), body)
        assert (refused.value.code, refused.value.param) == ("context_length_exceeded", "messages")


def test_weights_share_and_the_rest_stands_behind() -> None:
    alias = catalogue(a=[target("last"), target("a", weight=3), target("b", weight=1)]).demand("a")
    random.seed(7)
    orders = [[one.model for one in ordered(alias.targets)] for _ in range(4000)]
    assert {order[-1] for order in orders} == {"last"}
    assert Counter(order[0] for order in orders)["a"] / 4000 == pytest.approx(0.75, abs=0.03)
    assert [one.model for one in ordered(catalogue(a=[target("x"), target("y")]).demand("a").targets)] == ["x", "y"]


def test_classes_lead_to_aliases_with_targets() -> None:
    with pytest.raises(CatalogueError, match="'auto': classes: 'again' is no chat alias"):
        catalogue(**{**THREE, "again": AUTO, "auto": {"classes": {"small": "again"}}})
    with pytest.raises(CatalogueError, match="targets: give either"):
        catalogue(a={"classes": {"small": "s"}, "targets": [target("m")]})
    assert catalogue(auto=AUTO).get("auto") is None


def test_auto_can_what_any_of_its_classes_can() -> None:
    alias = catalogue(**THREE).demand("auto")
    assert isinstance(alias, Alias)
    assert alias.abilities == {"tools"}
    assert len(alias.targets) == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rules": [{"name": "x", "to": "huge", "words": ["a"]}]}, "rules.0.to"),
        ({"rules": [{"name": "x", "to": "large", "words": [" "]}]}, "rules.0.words"),
        ({"breaker": {"failures": 0}}, "breaker.failures"),
        ({"sensitive": {"data_classes": ["secret"]}}, "sensitive.data_classes"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_mistakes_in_the_rules_name_the_field(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    (tmp_path / "routing.yaml").write_text(yaml.safe_dump(change), encoding="utf-8")
    with pytest.raises(CatalogueError, match=field):
        Routing.load(tmp_path)
