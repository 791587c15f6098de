"""The folder of a local run: one run at a time, stable ports, files that are whole."""

import socket
from pathlib import Path

import pytest

from local.home import Home, Taken, claim, port_of


def test_one_run_at_a_time(tmp_path: Path) -> None:
    first = Home(tmp_path)
    first.lock()
    with pytest.raises(Taken, match="MARU_HOME"):
        Home(tmp_path).lock()


def test_ports_stay_the_same_unless_somebody_else_has_them(tmp_path: Path) -> None:
    home = Home(tmp_path)
    before = home.ports(("aws", "models"))
    assert home.ports(("aws", "models")) == before
    with socket.socket() as other:
        other.bind(("127.0.0.1", before["aws"]))
        other.listen()
        after = home.ports(("aws", "models"))
        assert after["aws"] != before["aws"]
        assert after["models"] == before["models"]
        with pytest.raises(Taken, match="MARU_PORT"):
            claim(before["aws"])


def test_files_are_private_and_half_a_file_counts_as_none(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.write("keys.json", {"api_key": "mk_x"})
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0
    assert home.read("keys.json") == {"api_key": "mk_x"}
    (tmp_path / "keys.json").write_text('{"api_')
    assert home.read("keys.json") == {}
    assert home.read("nothing.json") == {}


def test_a_home_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(Taken, match="MARU_HOME"):
        Home(tmp_path / "file" / "home")


@pytest.mark.parametrize(
    "text",
    ["", "http", "0", "-1", "65536", "8 080", "１", "9" * 5000],
    ids=["empty", "name", "zero", "minus", "above", "blank", "wide", "long"],
)
def test_what_is_no_port_says_so(text: str) -> None:
    with pytest.raises(Taken, match="MARU_PORT"):
        port_of(text)
    assert port_of("65535") == 65535
