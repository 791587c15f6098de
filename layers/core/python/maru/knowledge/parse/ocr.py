"""Text recognition for pages that are pictures: by Tesseract where its binary is installed, or what another service read on them."""

import os
import resource
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

#: What may read scanned pages: Tesseract, Amazon Textract with tables or (at a tenth of the price) their words alone, or nobody.
type OcrName = Literal["tesseract", "textract", "textract-text", "none"]

_DPI = 300
_PIXELS = 25_000_000  # of a page's picture: larger pages are drawn smaller
_LANGUAGES = ("kor", "eng")
#: A page with fewer letters is read as one column, too (Tesseract's mode 4), and so it is where that finds so many times as many: lines
#: far apart are no columns, but its analysis of the layout takes them for some and leaves parts of them unread.
_SPARSE, _MORE = 500, 1.1
#: Where a layer of Lambda has libraries and languages; nothing else of our environment is Tesseract's to see.
PLACES = ("LD_LIBRARY_PATH", "TESSDATA_PREFIX")
_ENVIRONMENT = {"OMP_THREAD_LIMIT": "1", "LANG": "C.UTF-8", **{name: os.environ[name] for name in PLACES if name in os.environ}}


@dataclass(frozen=True, slots=True)
class Ocr:
    """How text is recognised: the binary, Tesseract's names of languages, seconds for one page and for one document."""

    binary: str
    languages: str
    page_seconds: float = 30.0
    seconds: float = 90.0


#: A paragraph on one line, or a table as rows of cells.
type Recognition = str | list[list[str]]


def find() -> Ocr | None:
    """Tesseract on this machine, with those of Korean and English that it has; None where there is neither."""
    binary = shutil.which("tesseract")
    if binary is None:
        return None
    try:
        listed = subprocess.run([binary, "--list-langs"], capture_output=True, text=True, timeout=20, check=True, env=_ENVIRONMENT)
    except (OSError, subprocess.SubprocessError):
        return None
    found = [language for language in _LANGUAGES if language in listed.stdout.split()]
    return Ocr(binary, "+".join(found)) if found else None


class Recogniser:
    """Recognises pages of one document until its time is over."""

    def __init__(self, ocr: Ocr) -> None:
        self._ocr = ocr
        self._end = time.monotonic() + ocr.seconds

    def blocks(self, _number: int, page: Any) -> Sequence[Recognition] | None:
        """The paragraphs on a `PdfPage`; None where there is no time left or Tesseract failed."""
        picture = _grey_map(page)
        text = self._text(picture)
        if text is not None and _letters(text) < _SPARSE:
            again = self._text(picture, "--psm", "4") or ""
            text = again if _letters(again) > _MORE * _letters(text) else text
        return None if text is None else paragraphs_of(text)

    def _text(self, picture: bytes, *options: str) -> str | None:
        left = min(self._ocr.page_seconds, self._end - time.monotonic())
        if left <= 0:
            return None
        try:
            done = subprocess.run(
                [self._ocr.binary, "stdin", "stdout", "-l", self._ocr.languages, "--dpi", str(_DPI), *options],
                input=picture,
                capture_output=True,
                timeout=left,
                check=True,
                env=_ENVIRONMENT,
                preexec_fn=lambda: _limit(left),
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.decode("utf-8", "replace")


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _limit(seconds: float) -> None:
    """So that a recognition whose reader was killed ends, too."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))


def _grey_map(page: Any) -> bytes:
    """The page in grey, as a portable grey map."""
    width, rows = grey(page, dpi=_DPI)
    return b"P5 %d %d 255\n" % (width, len(rows)) + b"".join(rows)


def grey(page: Any, *, dpi: float) -> tuple[int, list[bytes]]:
    """The width and the rows of a `PdfPage` as a picture, one byte a point; pages that are very large are drawn smaller."""
    width, height = page.get_size()
    scale = min(dpi / 72, (_PIXELS / max(width * height, 1.0)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True, no_smoothtext=False)
    try:
        raw = bytes(bitmap.buffer)
        return bitmap.width, [raw[at * bitmap.stride : at * bitmap.stride + bitmap.width] for at in range(bitmap.height)]
    finally:
        bitmap.close()


def paragraphs_of(text: str) -> list[str]:
    """Tesseract's text, which separates paragraphs by blank lines, as one line a paragraph."""
    blocks = (block.split("\n") for block in text.replace("\f", "\n\n").split("\n\n"))
    return [joined for lines in blocks if (joined := " ".join(" ".join(lines).split()))]


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was read on pages before, by their numbers; `otherwise` reads the rest."""

    pages: dict[int, list[Recognition]]
    otherwise: Recogniser | None = None

    def blocks(self, number: int, page: Any) -> Sequence[Recognition] | None:
        """What stands on page `number`; None where nobody read it."""
        found = self.pages.get(number)
        return self.otherwise.blocks(number, page) if found is None and self.otherwise else found
