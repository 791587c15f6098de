"""How a store's documents are cut: what callers write as `chunking_strategy`, what is kept of it, and the chunks that follow.

OpenAI's `auto` and `static` are Maru's recursive cuts. `heading`, `table_rows` and `sentence_window` are our own, in the same form:
`{"type": "heading", "heading": {"max_chunk_size_tokens": 400}}`; the inner object, and each of its fields, may be left out.
"""

from collections.abc import Mapping
from typing import Any

from maru.errors import BadRequest
from maru.knowledge.chunk import OVERLAP, SIZE, ChunkSpan, chunk
from maru.knowledge.cuts import by_headings, by_rows, by_sentences
from maru.knowledge.parse.model import ParsedDocument

# English text has about 4 characters to a token, Korean 1.5 to 2 with multilingual tokenizers; this lies between, so that a chunk of
# either language keeps roughly to the number of tokens that was asked for.
CHARACTERS_PER_TOKEN = 2.5
# The fields of each kind: name in the API, name in what is kept, least, most, default; tokens are kept as characters.
_FIELDS: dict[str, tuple[tuple[str, str, int, int, int], ...]] = {
    "heading": (("max_chunk_size_tokens", "size", 100, 4096, 400),),
    "table_rows": (("rows_per_chunk", "rows", 1, 500, 20), ("max_chunk_size_tokens", "size", 100, 4096, 800)),
    "sentence_window": (("sentences", "sentences", 1, 50, 5), ("overlap_sentences", "overlap", 0, 49, 1)),
}
_TYPES = ("auto", "static", *_FIELDS)


def cut(document: ParsedDocument, chunking: Mapping[str, Any]) -> list[ChunkSpan]:
    """The chunks of `document` as `from_openai` says; together they cover all of its visible text."""
    kind = chunking.get("type", "static")
    if kind == "heading":
        return by_headings(document, size=int(chunking["size"]))
    if kind == "table_rows":
        return by_rows(document, rows=int(chunking["rows"]), size=int(chunking["size"]))
    if kind == "sentence_window":
        return by_sentences(document, count=int(chunking["sentences"]), overlap=int(chunking["overlap"]))
    return chunk(document, size=int(chunking["size"]), overlap=int(chunking["overlap"]))


def from_openai(strategy: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is kept of a `chunking_strategy`; None and `auto` give `{"size", "overlap"}` of Maru's defaults, in characters.

    Tokens are counted as CHARACTERS_PER_TOKEN characters. Raises BadRequest naming the field.
    """
    kind = "auto" if strategy is None else strategy.get("type")
    if strategy is None or kind == "auto":
        return {"size": SIZE, "overlap": OVERLAP}
    if kind not in _TYPES:
        raise BadRequest(f"chunking_strategy.type must be one of {', '.join(_TYPES)}.", param="chunking_strategy.type")
    given = strategy.get(kind, None if kind == "static" else {})
    if not isinstance(given, Mapping):
        raise BadRequest(f"A chunking_strategy of type '{kind}' needs an object '{kind}'.", param=f"chunking_strategy.{kind}")
    return _static(given) if kind == "static" else {"type": kind, **_own(kind, given)}


def to_openai(chunking: Mapping[str, Any]) -> dict[str, Any]:
    """The `chunking_strategy` that `from_openai` turns into `chunking`."""
    kind = chunking.get("type", "static")
    names: tuple[tuple[str, str], ...]
    if kind == "static":
        names = (("max_chunk_size_tokens", "size"), ("chunk_overlap_tokens", "overlap"))
    else:
        names = tuple((name, kept) for name, kept, *_ in _FIELDS[kind])
    return {"type": kind, kind: {name: _shown(name, int(chunking[kept])) for name, kept in names}}


def _static(given: Mapping[str, Any]) -> dict[str, Any]:
    size = _number(given, "static", "max_chunk_size_tokens", 100, 4096)
    overlap = _number(given, "static", "chunk_overlap_tokens", 0, size // 2)
    return {"size": round(size * CHARACTERS_PER_TOKEN), "overlap": round(overlap * CHARACTERS_PER_TOKEN)}


def _own(kind: str, given: Mapping[str, Any]) -> dict[str, int]:
    known = {name for name, *_ in _FIELDS[kind]}
    for name in given:
        if name not in known:
            param = f"chunking_strategy.{kind}.{str(name)[:40]}"
            raise BadRequest(f"'{kind}' has no field '{str(name)[:40]}'; it has {', '.join(sorted(known))}.", param=param)
    kept: dict[str, int] = {}
    for name, short, least, most, default in _FIELDS[kind]:
        top = kept["sentences"] - 1 if name == "overlap_sentences" else most
        number = _number(given, kind, name, least, top) if name in given else min(default, top)
        kept[short] = round(number * CHARACTERS_PER_TOKEN) if name.endswith("_tokens") else number
    return kept


def _number(given: Mapping[str, Any], kind: str, name: str, least: int, most: int) -> int:
    number = given.get(name)
    if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
        raise BadRequest(f"{name} must be an integer from {least} to {most}.", param=f"chunking_strategy.{kind}.{name}")
    return number


def _shown(name: str, kept: int) -> int:
    return round(kept / CHARACTERS_PER_TOKEN) if name.endswith("_tokens") else kept
