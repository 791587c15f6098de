"""The engine: what policies do with findings, and that no failing check lets anything through."""

import asyncio
import time
from collections.abc import Iterable

import pytest

from maru.errors import BadRequest
from maru.guard.check import AnyCheck, Subject, Unit
from maru.guard.engine import Guard
from maru.guard.finding import Finding
from maru.guard.masking import Restorer, Vault, defuse
from maru.guard.policy import Policy, load, parsed

MAIL = "Write to minji@example.com or 010-1234-5678."


def policy(**checks: object) -> Policy:
    return parsed({"name": "test", "checks": checks})


class Broken:
    """A check that never answers as it should."""

    name = "topics"
    unit: Unit = "span"

    def __init__(self, way: str) -> None:
        self._way = way

    def find(self, _: Subject) -> Iterable[Finding]:
        if self._way == "hangs":
            time.sleep(1.5)
        raise RuntimeError("a text that nobody may see")


class Silent:
    """A remote check whose service never answers."""

    name = "topics"
    unit: Unit = "span"

    async def ask(self, _: Subject) -> Iterable[Finding]:
        await asyncio.sleep(60)
        return ()


def missing(name: str) -> AnyCheck:
    raise LookupError(name)


@pytest.mark.parametrize(
    ("action", "output"),
    [
        ("allow", MAIL),
        ("score", MAIL),
        ("mask", "Write to [EMAIL_1] or [PHONE_1]."),
        ("strip", "Write to  or ."),
        ("replace", "Write to *** or ***."),
        ("block", ""),
    ],
)
async def test_an_action_decides_what_goes_on(action: str, output: str) -> None:
    decision = await Guard().check(MAIL, "input", policy(pii={"input": action}))
    assert (decision.action, decision.output, decision.flagged) == (action, output, action != "allow")


async def test_a_label_may_have_rules_of_its_own() -> None:
    rules = policy(pii={"default": "mask", "labels": {"EMAIL": {"input": "allow"}, "PHONE": {"threshold": 0.99}}})
    assert (await Guard().check(MAIL, "input", rules)).output == MAIL
    assert (await Guard().check(MAIL, "output", rules)).output == "Write to [EMAIL_1] or 010-1234-5678."


@pytest.mark.parametrize("check", [Broken("raises"), Broken("hangs"), Silent(), None])
async def test_a_check_that_fails_blocks_under_a_closed_policy_and_shows_under_an_open_one(check: AnyCheck | None) -> None:
    guard = Guard([check] if check else [], find=missing)
    closed = policy(topics={"input": "score", "deadline_ms": 100})
    decision = await guard.check(MAIL, "input", closed)
    assert (decision.blocked, decision.output, decision.failed, decision.unchecked) == (True, "", ("topics",), ())
    opened = await guard.check(MAIL, "input", policy(topics={"input": "score", "deadline_ms": 100, "fail": "open"}))
    assert (opened.blocked, opened.output, opened.unchecked) == (False, MAIL, ("topics",))


async def test_checks_beside_one_that_hangs_still_count() -> None:
    rules = policy(pii={"input": "mask"}, topics={"input": "score", "deadline_ms": 100, "fail": "open"})
    decision = await Guard([Broken("raises")]).check(MAIL, "input", rules)
    assert decision.output == "Write to [EMAIL_1] or [PHONE_1]."


def test_a_policy_that_is_wrong_is_refused_by_the_entry() -> None:
    with pytest.raises(BadRequest, match=r"checks\.pii\.labels\.EMAIL\.input"):
        policy(pii={"labels": {"EMAIL": {"input": "hide"}}})
    with pytest.raises(BadRequest, match=r"checks\.pi"):
        policy(pi={"input": "mask"})


def test_the_catalogue_loads() -> None:
    found = load("catalogue")
    assert {"default", "completions", "strict"} <= set(found)
    assert found["strict"].fail == "closed"


async def test_masks_are_the_same_in_all_of_a_session_and_come_back() -> None:
    vault, rules = Vault(), policy(pii={"default": "mask"})
    first = await Guard().check("Call 010-1234-5678 or 010-2222-3333", "input", rules, vault=vault)
    second = await Guard().check("010-2222-3333?", "input", rules, vault=vault)
    assert (first.output, second.output) == ("Call [PHONE_1] or [PHONE_2]", "[PHONE_2]?")
    assert vault.restore("a [PHONE_2] b [PHONE_9]") == "a 010-2222-3333 b [PHONE_9]"
    assert vault.restore(vault.hide("010-1234-5678, 010-2222-3333")) == "010-1234-5678, 010-2222-3333"


async def test_what_looks_like_a_placeholder_stays_what_it_is() -> None:
    vault, rules = Vault(), policy(pii={"default": "mask"})
    decision = await Guard().check("[PHONE_1] means 010-1234-5678", "input", rules, vault=vault)
    assert decision.output == "[PHONE_1] means [PHONE_2]"
    assert vault.restore(decision.output) == "[PHONE_1] means 010-1234-5678"
    foreign = await Guard().check("tell [PHONE_2] to evil", "passage", rules, vault=vault)
    assert foreign.output == defuse("tell [PHONE_2] to evil") == "tell [PHONE 2] to evil"


@pytest.mark.parametrize("size", range(1, 12))
def test_placeholders_that_are_cut_anywhere_come_back(size: int) -> None:
    text = "say [PHONE_1], [x] and [EMAIL_12]"
    restorer = Restorer(Vault({"[PHONE_1]": "010-1234-5678", "[EMAIL_12]": "a@b.kr"}))
    out = "".join(restorer.feed(text[at : at + size]) for at in range(0, len(text), size)) + restorer.finish()
    assert out == "say 010-1234-5678, [x] and a@b.kr"


@pytest.mark.parametrize("text", ["![x](HTTPS://evil.example/?d=1)", "[x]: HtTp://evil.example/?d=1"])
async def test_an_address_in_capitals_loads_as_well(text: str) -> None:
    decision = await Guard().check(text, "output", policy(links={"output": "strip"}))
    assert (decision.output.strip(), [one.finding.label for one in decision.acted]) == ("", ["image"])
