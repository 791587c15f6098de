"""A long document cut into sections with their pages, and summaries of sections joined into one digest."""

import hashlib
import re
from typing import Any

from maru.agents.fencing import FencedPassage, fence
from maru.chains.arguments import list_of, text_of
from maru.chains.builtins import RunFacts, builtin
from maru.errors import BadRequest

#: Characters of a section, what a small model reads well; and of a group of summaries.
_SECTION, _GROUP = 12_000, 24_000
_MOST_SECTIONS = 1_000
_PAGE = 3_000  # characters that count as a page where a document has none
_HEADING = re.compile(r"^(?:#{1,6} +\S.*|제 ?\d+ ?[장절편관조].{0,60}|\d+(?:\.\d+)*\.? +\S.{0,80}|[A-Z][A-Z0-9 ,&-]{4,80})$", re.MULTILINE)
_MARKERS = re.compile(r"\[\d{1,4}(?:[ \t]?[,;–-][ \t]?\d{1,4})*\]")


@builtin("digest.sections", summary="A document as sections of some pages each, every page numbered and fenced for a prompt", reads=True)
def sections(arguments: dict[str, Any], run: RunFacts) -> dict[str, Any]:
    """``{file_id}``, ``{text}`` (pages divided by form feeds) or ``{pages: [text]}`` gives ``{sections, pages}``, the last a number.

    A section is ``{section, title, first_page, last_page, passages}``; its passages are numbered by page, so that a marker ``[12]`` means
    page 12. Raises BadRequest for a document that is empty or needs more than 1,000 sections, and what reading a file does.
    """
    pages = _numbered(arguments, run)
    cut = _cut([(number, part) for number, page in pages for part in _parts(page)])
    if not cut:
        raise BadRequest("The document is empty.", param="text")
    if len(cut) > _MOST_SECTIONS:
        raise BadRequest(f"The document has {len(cut)} sections; {_MOST_SECTIONS} are taken. Split it.", param="text")
    made = [_section(number, one, _boundary(run, f"section {number}")) for number, one in enumerate(cut, 1)]
    return {"sections": made, "pages": pages[-1][0]}


@builtin("digest.groups", summary="Summaries of sections, put together as far as one model reads at once")
def groups(arguments: dict[str, Any], run: RunFacts) -> dict[str, Any]:
    """``{sections, summaries}`` gives ``{groups: [{text, first_page, last_page, passages}], missing}``.

    ``summaries[i]`` is null where section i failed; ``missing`` names those sections.
    """
    made: list[dict[str, Any]] = []
    missing = []
    told = list_of(arguments, "summaries")
    for section, summary in zip(list_of(arguments, "sections"), told, strict=True):
        if not isinstance(summary, str) or not summary.strip():
            missing.append({"section": section["section"], "first_page": section["first_page"], "last_page": section["last_page"]})
            continue
        first, last = section["first_page"], section["last_page"]
        entry = f"{section['title']} (p. {first}–{last})\n{cleaned(summary, first, last)}"
        if made and len(made[-1]["text"]) + len(entry) <= _GROUP:
            made[-1] = {"text": f"{made[-1]['text']}\n\n{entry}", "first_page": made[-1]["first_page"], "last_page": last}
        else:
            made.append({"text": entry, "first_page": first, "last_page": last})
    return {"groups": [_fenced(number, one, run) for number, one in enumerate(made, 1)], "missing": missing}


@builtin("digest.whole", summary="The digests of groups, put together for the last one")
def whole(arguments: dict[str, Any], run: RunFacts) -> dict[str, Any]:
    """``{groups, texts}`` gives ``{passages}``: every group's digest cleaned of pages that it has not, fenced for a prompt."""
    told = zip(list_of(arguments, "groups"), list_of(arguments, "texts"), strict=True)
    kept = [cleaned(text, group["first_page"], group["last_page"]) for group, text in told if isinstance(text, str) and text.strip()]
    # One model reads them all at once: each gets its share.
    share = _GROUP // max(1, len(kept))
    return {"passages": _fenced(len(kept) + 1, {"text": "\n\n".join(one[:share] for one in kept)}, run)["passages"]}


@builtin("digest.finish", summary="The digest with references to pages that exist, and the sections under it")
def finish(arguments: dict[str, Any], _: RunFacts) -> dict[str, Any]:
    """``{text, sections, summaries, pages, missing}`` gives ``{digest, sections: [{title, first_page, last_page, summary}], missing}``.

    Without a text the summaries themselves are the digest.
    """
    pages = int(arguments.get("pages") or 0)
    kept = [
        {
            **{name: section[name] for name in ("title", "first_page", "last_page")},
            "summary": cleaned(summary, section["first_page"], section["last_page"]),
        }
        for section, summary in zip(list_of(arguments, "sections"), list_of(arguments, "summaries"), strict=True)
        if isinstance(summary, str) and summary.strip()
    ]
    text = cleaned(str(arguments.get("text") or ""), 1, pages) or "\n\n".join(f"{one['title']}\n{one['summary']}" for one in kept)
    return {"digest": text, "sections": kept, "missing": list_of(arguments, "missing")}


def cleaned(text: str, first: int, last: int) -> str:
    """A summary whose references name pages of ``first`` to ``last`` alone: others are made up, and are removed."""

    def kept(found: re.Match[str]) -> str:
        numbers = [int(one) for one in re.findall(r"\d+", found[0])]
        return found[0] if all(first <= number <= last for number in numbers) else ""

    return re.sub(r" +([.,])", r"\1", _MARKERS.sub(kept, text)).strip()


def _numbered(arguments: dict[str, Any], run: RunFacts) -> list[tuple[int, str]]:
    """The pages of what was given, with their numbers."""
    if file_id := arguments.get("file_id"):
        found = run.read(str(file_id))
        return list(found.pages) or list(enumerate(_pages(found.text), 1))
    given = [str(one) for one in list_of(arguments, "pages", most=20_000)]
    return list(enumerate(given or _pages(text_of(arguments, "text")), 1))


def _pages(text: str) -> list[str]:
    if "\f" in text:
        return text.split("\f")
    return [text[at : at + _PAGE] for at in range(0, len(text), _PAGE)]


def _parts(page: str) -> list[str]:
    """A page, cut where it alone is longer than a section."""
    return [page[at : at + _SECTION] for at in range(0, len(page), _SECTION)] if page.strip() else []


def _cut(parts: list[tuple[int, str]]) -> list[list[tuple[int, str]]]:
    """Pages gathered into sections: a page that begins with a heading begins one, where the one before is half full."""
    made: list[list[tuple[int, str]]] = []
    size = 0
    for number, text in parts:
        heading = _HEADING.match(text.lstrip())
        if not made or size + len(text) > _SECTION or (heading and size > _SECTION // 2):
            made.append([])
            size = 0
        made[-1].append((number, text))
        size += len(text)
    return made


def _section(number: int, parts: list[tuple[int, str]], boundary: str) -> dict[str, Any]:
    found = next((heading for _, text in parts if (heading := _HEADING.search(text[:2_000]))), None)
    first, last = parts[0][0], parts[-1][0]
    title = found[0].strip("# ")[:120] if found else f"p. {first}–{last}"
    fences = [FencedPassage(page, title, page, text) for page, text in parts]
    return {"section": number, "title": title, "first_page": first, "last_page": last, "passages": fence(fences, boundary=boundary)}


def _fenced(number: int, group: dict[str, Any], run: RunFacts) -> dict[str, Any]:
    passage = FencedPassage(number, "summaries", None, group["text"])
    return {**group, "passages": fence([passage], boundary=_boundary(run, f"group {number}"))}


def _boundary(run: RunFacts, what: str) -> str:
    """The same in each attempt of a step, so that an answer that was paid for is found again; nobody outside knows the run's id."""
    return hashlib.sha256(f"{run.run_id} {run.step} {what}".encode()).hexdigest()[:16]
