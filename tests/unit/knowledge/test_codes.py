"""Numbers and codes of queries: which of their parts stand together, and how else they are written."""

import pytest

from maru.knowledge.stores.codes import codes, phrases


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("제12조 3항", ["제 12 조 3 항*", "제 12 조 3"]),
        ("제 12 조 제 3 항의 내용", ["제 12 조*", "제 3 항*"]),
        ("내규제21조에 따르면", ["21 조*"]),
        ("구매액 5,000만 원", ["5 000 만*", "5 000"]),
        ("2026-01-31까지", ["2026 01 31 까*", "2026 01 31"]),
        ("ERR-4012", ["err 4012"]),
        ("ｅｒｒ４０１２ 오류", ["err 4012"]),
        ("mx200b warranty", ["mx 200b", "mx 200 b"]),
        ("버전 2.1.0", ["2 1 0"]),
        ("COVID-19, H1N1, 3.5%", []),
        ("휴가 3", []),
        ("연차 휴가는 며칠", []),
        ("", []),
    ],
)
def test_what_stands_together_with_a_number(query: str, found: list[str]) -> None:
    assert [text + "*" * is_open for text, is_open in phrases(query)] == found


def test_codes_are_also_written_in_one_word() -> None:
    assert codes("ERR-4012 그리고 MX 200") == ["err4012"]
    assert codes("COVID-19, v2.1.0, 2026-01-31") == []


def test_a_query_has_not_too_many_of_them() -> None:
    query = " ".join(f"ERR-{number}" for number in range(1000, 2000))
    assert len(phrases(query)) == len(codes(query)) == 16
