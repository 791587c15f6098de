"""How rights on documents are asked for, by rooms that hold what came out of documents."""

from collections.abc import Callable, Iterable

from maru.identity import Caller

#: A file's id and the number of its version; rows of structured data have ids and versions of their own.
type FileVersion = tuple[str, int]
#: Those file versions that a caller may read now; blocks.
type Readable = Callable[[Caller, Iterable[FileVersion]], set[FileVersion]]
