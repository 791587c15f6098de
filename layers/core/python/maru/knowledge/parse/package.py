"""Files that are ZIP containers of XML: their members read within limits, their XML read without entities, files or network."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import lxml.etree

from maru.knowledge.parse.model import ParseFailed, damaged, too_large

MAX_PART = 100_000_000  # bytes of one unpacked member
MAX_TOTAL = 500_000_000  # bytes of all members that were unpacked
MAX_MEMBERS = 50_000


def local(element: Any) -> str:
    """The element's name without its namespace (both the strict and the transitional one are in use)."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def value(element: Any, name: str = "val") -> str | None:
    """The attribute `name` in whatever namespace."""
    if element is None:
        return None
    return next((text for key, text in element.attrib.items() if key.rpartition("}")[2] == name), None)


def child(element: Any, *path: str) -> Any:
    """The first element down `path` of names, or None."""
    for name in path:
        if element is None:
            return None
        element = next((below for below in element if local(below) == name), None)
    return element


def number(text: str | None, default: int = 0, *, most: int = 1_000_000) -> int:
    """A whole number of an attribute, from 0 to `most`; `default` for anything else."""
    return min(int(text), most) if text and text.isascii() and text.isdecimal() and len(text) < 12 else default


class Package:
    """A ZIP container of format `kind`. Its methods raise ParseFailed: damaged, encrypted, or too_large beyond the limits above."""

    def __init__(self, data: bytes, kind: str) -> None:
        self.kind = kind
        self._left = MAX_TOTAL
        with unpacking(kind):
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        if len(self._zip.namelist()) > MAX_MEMBERS:
            raise too_large(f"it has more than {MAX_MEMBERS:,} members")
        self._names = {name.lower().lstrip("/"): name for name in self._zip.namelist()}

    def names(self) -> list[str]:
        """The names of the members as they are stored."""
        return self._zip.namelist()

    def part(self, name: str) -> Any:
        """The root element of a member, or None where the member is absent."""
        data = self.read(name)
        return None if data is None else xml(data, self.kind)

    def read(self, name: str) -> bytes | None:
        """The bytes of a member, found whatever its case; None where it is absent."""
        stored = self._names.get(name.lower().lstrip("/"))
        if stored is None:
            return None
        with unpacking(self.kind), self._zip.open(stored) as stream:
            data = stream.read(MAX_PART + 1)
        self._left -= len(data)
        if len(data) > MAX_PART or self._left < 0:
            raise too_large(f"it unpacks to more than {(MAX_PART if self._left >= 0 else MAX_TOTAL) // 1_000_000} MB")
        return data

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """What the OPC part `name` ("" for the package) refers to: id to (last word of the type, name of the target part)."""
        folder, _, base = name.rpartition("/")
        found = self.part(f"{folder}/_rels/{base}.rels")
        return {
            value(one, "Id") or "": ((value(one, "Type") or "").rpartition("/")[2], resolve(folder, value(one, "Target") or ""))
            for one in (found if found is not None else ())
            if value(one, "TargetMode") != "External"
        }

    def main(self, default: str) -> str:
        """The name of the main document part, as the package's relations give it."""
        return next((target for kind, target in self.relations("").values() if kind == "officeDocument"), default)

    def title(self) -> str | None:
        """The title in an Office file's core properties."""
        core = self.part("docProps/core.xml")
        return next((element.text for element in (core if core is not None else ()) if local(element) == "title"), None)


def resolve(folder: str, target: str) -> str:
    """The member that `target`, written in a member of `folder`, means; steps above the root stay at the root."""
    steps: list[str] = [] if target.startswith("/") else [step for step in folder.split("/") if step]
    for step in target.split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in {"", "."}:
            steps.append(step)
    return "/".join(steps)


def xml(data: bytes, kind: str) -> Any:
    """The root element of `data`. Documents that define entities are refused as damaged: no writer of these formats makes them."""
    refuse_entities(data, kind)
    parser = lxml.etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return lxml.etree.fromstring(data, parser=parser)
    except (lxml.etree.XMLSyntaxError, ValueError) as broken:
        raise damaged(kind) from broken


def refuse_entities(data: bytes, kind: str) -> None:
    """Raises ParseFailed("damaged") for XML with a document type, or in UTF-16 or 32, where one could hide."""
    head = data[:65536]
    if b"\x00" in head[:4] or b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise damaged(kind)


@contextmanager
def unpacking(kind: str) -> Iterator[None]:
    """Turns what goes wrong while a container is opened or a member unpacked into ParseFailed."""
    try:
        yield
    except RuntimeError as locked:  # also NotImplementedError: a method of packing that Python does not know
        if "encrypted" in str(locked) or "password" in str(locked):
            from maru.knowledge.parse.detect import encrypted

            raise encrypted() from locked
        raise damaged(kind) from locked
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, KeyError, IndexError) as broken:
        raise damaged(kind) from broken


@contextmanager
def reading(kind: str) -> Iterator[None]:
    """Turns whatever a library raises over a broken file into ParseFailed("damaged"); memory and our own failures pass."""
    try:
        yield
    except (ParseFailed, MemoryError):
        raise
    except Exception as broken:
        raise damaged(kind) from broken
