"""`make smoke` at an address where no Maru is: it says so, and how to go on."""

import sys

import pytest

from scripts import smoke


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/v1", "nothing"])
def test_an_address_without_maru_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str) -> None:
    monkeypatch.setattr(sys, "argv", ["smoke", "--url", url, "--key", "mk_x"])
    with pytest.raises(SystemExit):
        smoke.main()
    assert "does not answer as Maru does" in capsys.readouterr().err
