"""The bundled sample documents: they read as their sources say, and answer the questions of their manifest."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import yaml

from maru.knowledge.chunk import chunk
from maru.knowledge.parse import ParsedDocument, parse

SAMPLES = Path(__file__).resolve().parents[4] / "samples"
MANIFEST = yaml.safe_load((SAMPLES / "manifest.yaml").read_text("utf-8"))
ENTRIES = {Path(entry["file"]).name: entry for entry in MANIFEST["documents"]}
_SPEC = importlib.util.spec_from_file_location("build_samples", SAMPLES / "build.py")
assert _SPEC is not None
assert _SPEC.loader is not None
build_samples = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(build_samples)
each = pytest.mark.parametrize("name", ENTRIES)


def read(name: str) -> ParsedDocument:
    return parse((SAMPLES / ENTRIES[name]["file"]).read_bytes(), filename=name)


@each
def test_the_committed_file_is_what_its_source_gives(name: str) -> None:
    assert parse(build_samples.build(ENTRIES[name]), filename=name) == read(name)


@each
def test_every_paragraph_of_the_source_is_in_it(name: str) -> None:
    text = " ".join(read(name).text.split())
    lines = (SAMPLES / ENTRIES[name]["source"]).read_text("utf-8").split("\n")
    prose = [line for line in lines if line.strip() and not line.startswith(("#", "|", "-"))]
    assert [line for line in prose if line not in text] == []


@each
def test_questions_are_answered_where_the_manifest_says(name: str) -> None:
    document = read(name)
    for question in ENTRIES[name]["questions"]:
        pages = {one.page for one in chunk(document) if question["answer_contains"] in document.text[one.start : one.end]}
        assert pages, question["question"]
        if "page" in question:
            places = [at for at in range(len(document.text)) if document.text.startswith(question["answer_contains"], at)]
            assert question["page"] in {document.page_at(at) for at in places}


def test_the_personnel_rules() -> None:
    document = read("취업규칙.pdf")
    at = document.text.index("1년간 80% 이상 출근한 직원에게 15일의 연차 유급휴가를 부여한다.")
    assert len(document.pages) >= 12
    assert document.page_at(at) == 7
    path = next(one.heading_path for one in chunk(document) if one.start <= at < one.end)
    assert "제6장 연차 휴가" in path
    assert len(document.tables) == 5


def test_rights_and_stores() -> None:
    documents: list[dict[str, Any]] = MANIFEST["documents"]
    assert (
        {store for entry in documents for store in entry["vector_stores"]}
        == set(MANIFEST["vector_stores"])
        == {"hr", "company", "runbooks"}
    )
    assert ENTRIES["급여-등급표.docx"]["acl"] == ["group:hr"]
    assert ENTRIES["취업규칙.pdf"]["acl"] == ["public"]
    assert {language for entry in documents for language in entry["languages"]} == {"ko", "en"}
