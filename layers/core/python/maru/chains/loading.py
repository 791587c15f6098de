"""A chain's YAML or JSON read strictly; every mistake is told with its line, its step and what to do."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from maru.chains.document import Chain
from maru.chains.triggers import KINDS
from maru.errors import BadRequest
from maru.validation import words

_MAX_BYTES = 300_000
_MAX_DEPTH = 60
_MAX_PROBLEMS = 20

type Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One mistake; ``line`` is 1-based and None where the document was no text, ``step`` is the innermost step's, or the trigger's, id."""

    message: str
    line: int | None = None
    step: str | None = None
    path: str = ""

    def __str__(self) -> str:
        where = [f"line {self.line}"] if self.line else []
        kind = "trigger" if self.path.startswith("triggers.") else "step"
        where += [f"{kind} '{self.step}'"] if self.step else []
        return f"{', '.join(where)}: {self.message}" if where else self.message


class ChainInvalid(BadRequest):
    """A document that is no chain; ``problems`` are all that were found, the message tells them."""

    default_code = "chain_invalid"

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        shown = "; ".join(str(problem) for problem in problems[:_MAX_PROBLEMS])
        more = f" (and {len(problems) - _MAX_PROBLEMS} more)" if len(problems) > _MAX_PROBLEMS else ""
        super().__init__(f"The chain cannot be published: {shown}{more}", param=problems[0].path or "chain")


@dataclass(frozen=True)
class Source:
    """A document as data, with the line of each of its parts."""

    data: Any
    lines: Mapping[Path, int]

    def problem(self, path: Path, message: str) -> Problem:
        """A mistake at a place of the document, told at the nearest line that is known."""
        at = next((path[:length] for length in range(len(path), -1, -1) if path[:length] in self.lines), None)
        return Problem(message, self.lines.get(at) if at is not None else None, self.step(path), ".".join(map(str, path)))

    def step(self, path: Path) -> str | None:
        """The id of the innermost step that holds a place."""
        found, data = None, self.data
        for part in path:
            try:
                data = data[part]
            except (LookupError, TypeError):
                break
            if isinstance(data, dict) and isinstance(data.get("id"), str):
                found = data["id"]
        return found


def read(text: str) -> Source:
    """Parse YAML (of which JSON is a part); raises :class:`ChainInvalid` for what is no document, or not plainly one."""
    if len(text.encode()) > _MAX_BYTES:
        raise ChainInvalid([Problem(f"a chain has at most {_MAX_BYTES} bytes")])
    try:
        node = yaml.compose(text, Loader=_Loader)
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader with fewer features
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        said = getattr(error, "problem", None) or "this is not YAML"
        raise ChainInvalid([Problem(str(said), mark.line + 1 if mark else None)]) from error
    lines = dict(_lines(node, ())) if node else {}
    if not isinstance(data, dict):
        raise ChainInvalid([Problem("a chain is a mapping with 'chain' and 'steps'", 1)])
    return Source(data, lines)


def parse(source: Source) -> Chain:
    """The chain that a document describes; raises :class:`ChainInvalid` with all that is wrong in its form."""
    try:
        return Chain.model_validate(source.data)
    except ValidationError as error:
        items = error.errors()
        # A list whose entries are wrong also counts as empty: that is no mistake of its own.
        real = [item for item in items if item["type"] != "too_short" or not any(_begins(other["loc"], item["loc"]) for other in items)]
        raise ChainInvalid([_told(source, item) for item in real]) from error


def _begins(place: tuple[str | int, ...], with_: tuple[str | int, ...]) -> bool:
    return len(place) > len(with_) and place[: len(with_)] == with_


class _Loader(yaml.SafeLoader):
    """YAML's core without aliases (which may expand without bounds), depth, dates, keys given twice, and values that JSON does not have."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs of PyYAML
            raise yaml.composer.ComposerError(None, None, "aliases ('*name') are not allowed; write it out", event.start_mark)
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # as above
            raise yaml.composer.ComposerError(None, None, f"the document is nested more than {_MAX_DEPTH} deep", mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            value = super().construct_object(node, deep=deep)
        except ValueError as error:  # of Python, for more digits than it reads
            raise yaml.constructor.ConstructorError(
                None, None, "this number has too many digits; put it in quotes", node.start_mark
            ) from error
        if isinstance(value, float) and not math.isfinite(value):
            raise _no_value("this is no finite number", node)
        return _whole(value, node) if isinstance(value, str) and not value.isascii() else value

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            if not isinstance(name, str):
                raise yaml.constructor.ConstructorError(None, None, f"the key {name!r} is no text; put it in quotes", key.start_mark)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key '{name}' stands here twice", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep=deep)


def _whole(text: str, node: Any) -> str:
    """The text with pairs of surrogates as the characters that they are: JSON escapes an emoji so, and JSON is read here too."""
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise _no_value("half of a surrogate pair is no character", node) from None


def _no_value(why: str, node: Any) -> yaml.YAMLError:
    return yaml.constructor.ConstructorError(None, None, why, node.start_mark)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge"}]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _lines(node: Any, path: Path) -> Iterator[tuple[Path, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*path, key.value), key.start_mark.line + 1
            yield from ((place, line) for place, line in _lines(value, (*path, key.value)) if place != (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, (*path, index))


_TYPES = ("model", "retrieve", "guard", "tool", "transform", "choice", "parallel", "map", "wait", "approve", "notify", "chain")


def _told(source: Source, item: Any) -> Problem:
    # pydantic puts the discriminator's value into the place, behind the step's index.
    path = _within(source.data, item["loc"])
    name = str(path[-1]) if path else "chain"
    kind, context = item["type"], item.get("ctx") or {}
    what = ("trigger kind", "trigger needs a 'kind'", KINDS) if path[:1] == ("triggers",) else ("step type", "step needs a 'type'", _TYPES)
    messages = {
        "tuple_type": f"'{name}' must be a list",
        "dict_type": f"'{name}' must be a mapping",
        "too_short": f"'{name}' must not be empty",
        "missing": f"'{name}' is missing",
        "extra_forbidden": f"'{name}' is no field of this; check its spelling",
        "union_tag_invalid": f"there is no {what[0]} '{context.get('tag')}'; use one of: {', '.join(what[2])}",
        "union_tag_not_found": f"a {what[1]}, one of: {', '.join(what[2])}",
    }
    if kind == "string_pattern_mismatch" and name in _PATTERNS:
        messages[kind] = f"'{name}' {_PATTERNS[name]}"
    return source.problem(path, messages.get(kind) or f"'{name}': {words(item).rstrip('.')}")


_PATTERNS = {
    "id": "has 1 to 32 of a-z, 0-9 and '_' and begins with a letter",
    "chain": "has a name of 1 to 48 of a-z, 0-9, '-' and '_', after '@' a label or a version where one is meant",
    "prompt": "is a name of a-z, 0-9, '-' and '_', after '@' a label or a version where one is meant",
    "tool": "is the name of a built-in: a-z, 0-9, '_' and '.'",
}


def _within(document: Any, loc: tuple[str | int, ...]) -> Path:
    path: list[str | int] = []
    data: Any = document
    for place, part in enumerate(loc):
        if place and isinstance(loc[place - 1], int) and isinstance(data, dict) and part in (data.get("type"), data.get("kind")):
            continue
        if part in _parts(data):
            data = data[part]
        elif not (place == len(loc) - 1 and isinstance(part, str) and isinstance(data, dict)):
            continue
        path.append(part)
    return tuple(path)


def _parts(data: Any) -> Any:
    return data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
