"""The red-team suite as it is run by hand: no class below its floor, in either language."""

import pytest

from scripts.redteam import FLOOR, Case, cases, here, run


async def test_no_class_falls_below_its_floor() -> None:
    found = await run(here("strict"))
    rates = {kind: sum(good for _, good in results) / len(results) for kind, results in found.items()}
    assert {language for _, language in rates} == {"en", "ko"}
    assert len(rates) == 14
    assert {kind: rate for kind, rate in rates.items() if rate < FLOOR} == {}


def test_every_class_has_what_to_flag_and_what_to_let_through() -> None:
    by_class: dict[tuple[str, str], set[bool]] = {}
    for case in cases():
        by_class.setdefault((case.kind, case.language), set()).add(case.flag)
    assert all(flags == {True, False} for flags in by_class.values())


@pytest.mark.parametrize("flag", [True, False])
async def test_a_guard_that_says_the_same_of_everything_fails(flag: bool) -> None:
    async def ask(_: Case) -> bool:
        return flag

    found = await run(ask)
    assert all(sum(good for _, good in results) / len(results) < 1 for results in found.values())
