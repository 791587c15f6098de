"""What is read of the public sample documents: states, words found of those expected, time; and the libraries that were weighed.

Run `python -m bench.extraction [--recall] [--write]`; `--recall` ends behind the states and the words found.
Candidates are measured beside ours where they are installed; they are no dependencies.

Chosen, and why (measured on 2 shared cores, `docs_*` of the public data; licence, import time, what differs):

| format | reader | weighed against |
|---|---|---|
| PDF | pypdfium2 (BSD/Apache) | pypdf (BSD): same words on 17 of 27, splits ligatures and hyphens, ten times as slow; PyMuPDF: AGPL |
| DOCX, PPTX, HWPX, EPUB | lxml (BSD), the parts read directly | python-docx, python-pptx (MIT): 200-280 ms of import, 230 words of
  test.pptx where ours has 245 (names and values of charts), Pillow and XlsxWriter with it; EbookLib, pyhwp: AGPL |
| XLSX | openpyxl (MIT): 160-340 ms of import, 5.0 s for 350,000 cells, 46 MiB when streamed | python-calamine (MIT): 2 ms, 0.4 s, the
  same 9,838 cells of titanic.xlsx; drops number formats (15 % reads 0.15, 22 reads 22.0) and hidden rows |
| HWP 5, MSG | olefile (BSD) and our own records | pyhwp: AGPL; extract-msg: GPL |
| CSV, JSON, EML, ZIP | the standard library | - |
| scans | Tesseract 5 (Apache), kor+eng, as a process: 3-4 s a page | - |
"""

import importlib
import re
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.report import report
from maru.knowledge.parse import ParseFailed, ocr
from maru.knowledge.parse.limited import Limits, Parser
from tests.data import data_folder

type Row = tuple[str, float, str]

SETS = ("docs_docling", "docs_ko_hwp", "docs_ko_langchain_kr", "docs_ko_pdf", "docs_markitdown", "docs_pypdf_samples")


def main() -> None:
    """Print the states of all documents, the words found of those expected, and the candidates beside ours."""
    with Parser(Limits(seconds=60)) as parser:
        report("extraction", ("what", "reached", "at least"), [_states(parser), *_recall(parser)])
    if "--recall" in sys.argv[1:]:
        return
    recogniser = ocr.find()
    if recogniser:
        with Parser(ocr=recogniser) as parser:
            _scans(parser)
    _candidates()


def _files() -> Iterator[Path]:
    for folder in filter(None, map(data_folder, SETS)):
        yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _states(parser: Parser) -> Row:
    states: dict[str, Counter[str]] = {}
    seconds: Counter[str] = Counter()
    for path in _files():
        kind = path.suffix.lower() or "(none)"
        began = time.perf_counter()
        states.setdefault(kind, Counter())[_outcome(parser, path)] += 1
        seconds[kind] += time.perf_counter() - began  # type: ignore[assignment]
    print("| format | documents | seconds | states |\n|---|---|---|---|")
    for kind, counts in sorted(states.items()):
        print(f"| {kind} | {counts.total()} | {seconds[kind]:.1f} | {', '.join(f'{state} {count}' for state, count in counts.items())} |")
    total = sum(map(Counter.total, states.values()))
    undefined = sum(count for counts in states.values() for state, count in counts.items() if state.startswith("UNDEFINED"))
    return (f"documents in a definite state, of {total:,}", 1 - undefined / max(1, total), "1.000")


def _outcome(parser: Parser, path: Path) -> str:
    try:
        parser.parse(path, filename=path.name)
    except ParseFailed as failed:
        return f"UNDEFINED {failed.detail}" if failed.detail else failed.code
    return "read"


def _recall(parser: Parser) -> Iterator[Row]:
    """The share of the expected words that were found, by kind of document."""
    docling, korean = data_folder("docs_docling"), data_folder("docs_ko_hwp")
    for kind in ("docx", "html") if docling else ():
        truths = sorted((docling / f"tests/data/{kind}/groundtruth").glob("*.md")) if docling else []
        pairs = [(truth.parent.parent / "sources" / truth.stem, _prose(truth.read_text("utf-8"))) for truth in truths]
        yield f"words of the expected Markdown of `docs_docling`, {kind.upper()}", _found(parser, pairs), ".95"
    previews = (
        [(path, text) for path in sorted(korean.rglob("*/*.hwp*")) if path.suffix in {".hwp", ".hwpx"} and (text := _preview(path))]
        if korean
        else []
    )
    if previews:
        yield "words of the files' own previews, HWP and HWPX", _found(parser, previews), "-"


def _found(parser: Parser, pairs: list[tuple[Path, str]]) -> float:
    found = wanted = 0
    for path, text in pairs:
        if path.exists():
            expected = words(text)
            found += (expected & words(_text(parser, path))).total()
            wanted += expected.total()
    return found / max(1, wanted)


def _text(parser: Parser, path: Path) -> str:
    try:
        return parser.parse(path, filename=path.name).text
    except ParseFailed:
        return ""


def _preview(path: Path) -> str:
    """The text that the word processor keeps for previews: the first page or so. "" where the document is locked."""
    if path.suffix == ".hwpx":
        with zipfile.ZipFile(path) as archive:
            return archive.read("Preview/PrvText.txt").decode("utf-8", "ignore") if "Preview/PrvText.txt" in archive.namelist() else ""
    olefile = importlib.import_module("olefile")
    with olefile.OleFileIO(path) as container:
        locked = container.openstream("FileHeader").read()[36] & 6
        return "" if locked or not container.exists("PrvText") else container.openstream("PrvText").read().decode("utf-16-le", "ignore")


def _prose(markdown: str) -> str:
    """The expected Markdown without what is no word of the document: comments, pictures, link targets, formulas in LaTeX."""
    markdown = re.sub(r"<!--.*?-->|!\[[^\]]*\]\([^)]*\)|\$\$.*?\$\$|\$[^$\n]+\$", " ", markdown, flags=re.DOTALL)
    return re.sub(r"\]\([^)\s]*\)", " ", markdown).replace("\\_", "_").replace("&amp;", "&")


def words(text: str) -> Counter[str]:
    """Words with how often they occur."""
    return Counter(re.findall(r"[^\W_]+", text.lower()))


def _scans(parser: Parser) -> None:
    print("| scanned document, with Tesseract | seconds | words |\n|---|---|---|")
    for path in _files():
        if "scan" in path.name and path.suffix == ".pdf":
            began = time.perf_counter()
            count = words(_text(parser, path)).total()
            print(f"| {path.name} | {time.perf_counter() - began:.1f} | {count} |")
    print()


def _candidates() -> None:
    """Import time, reading time and words of other libraries that are installed beside ours."""
    with Parser() as parser:
        print("| document | reader | import ms | read ms | words |\n|---|---|---|---|---|")
        for path in _files():
            for name, read in _READERS.get(path.suffix, {}).items():
                began = time.process_time()
                try:
                    importlib.import_module(name)
                except ImportError:
                    continue
                loaded = time.process_time()
                count = words(read(path)).total()
                done = time.process_time()
                print(f"| {path.name} | {name} | {1e3 * (loaded - began):.0f} | {1e3 * (done - loaded):.0f} | {count} |")
            if path.suffix in _READERS:
                print(f"| {path.name} | ours | | | {words(_text(parser, path)).total()} |")


def _openpyxl(path: Path) -> str:
    book = importlib.import_module("openpyxl").load_workbook(path, read_only=True, data_only=True)
    return " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


def _calamine(path: Path) -> str:
    book = importlib.import_module("python_calamine").CalamineWorkbook.from_path(path)
    return " ".join(str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row)


def _python_pptx(path: Path) -> str:
    slides = importlib.import_module("pptx").Presentation(path).slides
    texts = [text for slide in slides for text in _shapes(slide.shapes)]
    return " ".join([*texts, *(slide.notes_slide.notes_text_frame.text for slide in slides if slide.has_notes_slide)])


def _shapes(shapes: Any) -> Iterator[str]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        elif shape.has_text_frame:
            yield shape.text_frame.text
        elif getattr(shape, "has_table", False):
            yield " ".join(cell.text for row in shape.table.rows for cell in row.cells)


_READERS: dict[str, dict[str, Callable[[Path], str]]] = {
    ".xlsx": {"openpyxl": _openpyxl, "python_calamine": _calamine},
    ".pptx": {"pptx": _python_pptx},
}

if __name__ == "__main__":
    main()
