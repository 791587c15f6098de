"""The list of flows and the tests of them are the same list."""

import re
from pathlib import Path

HERE = Path(__file__).parent


def test_every_flow_has_its_test() -> None:
    listed = re.findall(r"^(\d+)\. ", (HERE / "flows.md").read_text(encoding="utf-8"), re.MULTILINE)
    tests = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    tested = re.findall(r"^def test_flow_(\d+)_\w+\(visitor", tests, re.MULTILINE)
    assert [int(number) for number in listed] == list(range(1, len(listed) + 1))
    assert sorted(int(number) for number in tested) == sorted(int(number) for number in listed)
