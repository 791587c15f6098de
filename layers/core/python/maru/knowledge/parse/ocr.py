"""Text recognition for pages that are pictures, by Tesseract where its binary is installed; one page after the other, within limits."""

import resource
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import Any

_DPI = 300
_PIXELS = 25_000_000  # of a page's picture: larger pages are drawn smaller
_LANGUAGES = ("kor", "eng")
_ENVIRONMENT = {"OMP_THREAD_LIMIT": "1", "LANG": "C.UTF-8"}


@dataclass(frozen=True, slots=True)
class Ocr:
    """How text is recognised: the binary, Tesseract's names of languages, seconds for one page and for one document."""

    binary: str
    languages: str
    page_seconds: float = 30.0
    seconds: float = 90.0


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

    def paragraphs(self, page: Any) -> list[str] | None:
        """The paragraphs on a `PdfPage`, each on one line; None where there is no time left or Tesseract failed."""
        left = min(self._ocr.page_seconds, self._end - time.monotonic())
        if left <= 0:
            return None
        try:
            done = subprocess.run(
                [self._ocr.binary, "stdin", "stdout", "-l", self._ocr.languages, "--dpi", str(_DPI)],
                input=_picture(page),
                capture_output=True,
                timeout=left,
                check=True,
                env=_ENVIRONMENT,
                preexec_fn=lambda: _limit(left),
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return paragraphs_of(done.stdout.decode("utf-8", "replace"))


def _limit(seconds: float) -> None:
    """So that a recognition whose reader was killed ends, too."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))


def _picture(page: Any) -> bytes:
    """The page in grey, as a portable grey map."""
    width, height = page.get_size()
    scale = min(_DPI / 72, (_PIXELS / max(width * height, 1.0)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True, no_smoothtext=False)
    try:
        rows = bytes(bitmap.buffer)
        lines = b"".join(rows[at * bitmap.stride : at * bitmap.stride + bitmap.width] for at in range(bitmap.height))
        return b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + lines
    finally:
        bitmap.close()


def paragraphs_of(text: str) -> list[str]:
    """Tesseract's text, which separates paragraphs by blank lines, as one line a paragraph."""
    blocks = (block.split("\n") for block in text.replace("\f", "\n\n").split("\n\n"))
    return [joined for lines in blocks if (joined := " ".join(" ".join(lines).split()))]
