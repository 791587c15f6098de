"""Text to the one form that is stored: NFC, `\\n`, no control characters."""

import re
import unicodedata

_LINE_ENDS = re.compile(r"\r\n?|[\f\v\x85\u2028\u2029]")
# Controls, byte order marks, soft hyphens, non-characters and lone surrogates: nobody sees them, searches stumble over them.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\ufeff\ufffe\uffff\ud800-\udfff]")
# More than 30 combining marks in a row are no writing (Unicode's stream-safe limit) and make normalisation take quadratic time.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0711-\u0711\u0730-\u074a"
    "\u0816-\u082d\u08d3-\u08ff\u0e38-\u0e4b\u0eb8-\u0ecb\u0f18-\u0fc6\u135d-\u135f\u1a17-\u1a18\u1a60-\u1aff\u1ba9-\u1bf3\u1cd0-\u1cf9\u1dc0-\u1dff"
    "\u20d0-\u20f0\u2cef-\u2cf1\u2de0-\u2dff\u302a-\u302f\u3099-\u309a\ua66f-\ua69f\ua8e0-\ua8f1\ufe20-\ufe2f"
    "\U00010a0d-\U00010ae6\U00010f46-\U00010f85\U000110b9-\U00011d97\U00016af0-\U00016b36\U0001bc9e\U0001d165-\U0001d244\U0001e000-\U0001e94a"
)
_STACKED = re.compile(f"([{_MARKS}]{{30}})[{_MARKS}]+")


def clean(text: str) -> str:
    """`text` in NFC with `\\n` line ends, plain spaces and nothing invisible; idempotent, in linear time."""
    for space in "\u00a0\u202f\u2007":
        text = text.replace(space, " ")
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))
    return text if text.isascii() else unicodedata.normalize("NFC", _STACKED.sub(r"\1", text))


_FILE_NAME = re.compile(r"[^\s/\\]+\.(?:png|jpe?g|gif|webp|svg|bmp|tiff?|emf|wmf|heic)|https?://\S+", re.IGNORECASE)


def named_picture(words: str) -> str:
    """What somebody wrote to stand for a picture, on one line; "" where it is only the picture's file or address."""
    words = " ".join(clean(words).split())
    return "" if _FILE_NAME.fullmatch(words) else words
