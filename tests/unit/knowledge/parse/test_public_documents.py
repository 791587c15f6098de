"""Real documents of other projects: each ends in a definite state, and the words that are in it are found."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from maru.knowledge.parse import FAILURE_CODES, ParseFailed, parse
from maru.knowledge.parse.limited import Limits, Parser
from tests.data import public_data

SETS = ["docs_docling", "docs_ko_hwp", "docs_ko_langchain_kr", "docs_ko_pdf", "docs_markitdown", "docs_pypdf_samples"]
ENCRYPTED, SCANNED = (
    {"libreoffice-writer-password.pdf"},
    {"MEDRPT-2024-PAT-3847_medical_report_scan.pdf", "grayscale-image.pdf", "cmyk-image.pdf"},
)


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    with Parser(Limits(seconds=30)) as shared:
        yield shared


@pytest.mark.parametrize("name", SETS)
def test_every_document_ends_in_a_definite_state(name: str, parser: Parser) -> None:
    for path in sorted(path for path in public_data(name).rglob("*") if path.is_file()):
        code = outcome(parser, path)
        assert code in {"read", *FAILURE_CODES}, path.name
        if path.name in ENCRYPTED | SCANNED:
            assert code == ("encrypted" if path.name in ENCRYPTED else "scanned")
        elif path.suffix in {".docx", ".html", ".md", ".txt", ".csv"}:
            assert code == "read", path.name


def outcome(parser: Parser, path: Path) -> str:
    """ "read" or the code of the failure; an unforeseen one gives its place in the code."""
    try:
        parser.parse(path, filename=path.name)
    except ParseFailed as failed:
        return failed.detail or failed.code
    return "read"


@pytest.mark.parametrize("kind", ["docx", "html"])
def test_words_of_docling(kind: str) -> None:
    found = wanted = 0
    for truth in sorted((public_data("docs_docling") / f"tests/data/{kind}/groundtruth").glob("*.md")):
        source = truth.parent.parent / "sources" / truth.stem
        if source.exists():
            expected = words(prose(truth.read_text("utf-8")))
            found += (expected & words(parse(source.read_bytes(), filename=source.name).text)).total()
            wanted += expected.total()
    assert found / wanted >= 0.95


def prose(markdown: str) -> str:
    """The expected Markdown without what is no word of the document: comments, pictures, link targets, formulas in LaTeX."""
    markdown = re.sub(r"<!--.*?-->|!\[[^\]]*\]\([^)]*\)|\$\$.*?\$\$|\$[^$\n]+\$", " ", markdown, flags=re.DOTALL)
    return re.sub(r"\]\([^)\s]*\)", " ", markdown).replace("\\_", "_").replace("&amp;", "&")


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", text.lower()))


def test_cp949_and_utf8_give_the_same_text() -> None:
    folder = public_data("docs_ko_langchain_kr") / "12-RAG/data"
    texts = {parse(path.read_bytes(), filename=path.name).text for path in folder.glob("appendix-keywords*.txt")}
    assert len(texts) == 1
    assert "임베딩" in texts.pop()


def test_korean_pdf() -> None:
    path = public_data("docs_ko_pdf") / "korean_texts_two_page.pdf"
    document = parse(path.read_bytes(), filename=path.name)
    assert "보험계약자(이하 ‘계약자’라 합니다)와 보험회사(이하 ‘회사’라 합니다) 사이에" in document.text
    assert document.page_at(document.text.index("제4조(보험금 지급에 관한 세부규정)")) == 2
    assert "제2조(용어의 정의)" in [heading.title for heading in document.headings]
