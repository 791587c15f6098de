"""ZIP: the documents in an archive, one level deep, each under a heading with its path."""

import io
import zipfile

from maru.knowledge.parse.build import Rendering
from maru.knowledge.parse.detect import MEDIA_TYPES, encrypted
from maru.knowledge.parse.members import ARCHIVES, Members
from maru.knowledge.parse.model import ParsedDocument, ParseFailed, empty, too_large
from maru.knowledge.parse.package import unpacking

MAX_MEMBERS = 1000
MAX_MEMBER = 100_000_000  # bytes of one unpacked member
MAX_TOTAL = 300_000_000  # bytes of all members
MAX_RATIO = 200  # unpacked to packed size of a member beyond 1 MB: text seldom packs to less than a twentieth
_NOT_DOCUMENTS = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def parse_zip(data: bytes) -> ParsedDocument:
    """Members that cannot be read are left out with a warning; archives in it are, too.

    Raises ParseFailed: too_large beyond the limits above, encrypted where all of it is, unsupported where nothing in it can be read.
    """
    with unpacking("ZIP archive"):
        archive = zipfile.ZipFile(io.BytesIO(data))
        files = [info for info in archive.infolist() if not info.is_dir() and not _ignored(info.filename)]
    _refuse_bombs(files)
    rendering = Rendering()
    members = Members(rendering, level=1, refused=ARCHIVES)
    left = MAX_TOTAL
    for info in sorted(files, key=name_of):
        try:
            content = _unpacked(archive, info, min(left, MAX_MEMBER))
        except ParseFailed as failed:
            if failed.code == "too_large":
                raise
            members.leave_out(name_of(info), failed)
            continue
        left -= len(content)
        members.add(name_of(info), content)
    if not files:
        raise empty()
    if not members.read:
        raise members.failure()
    return rendering.document(MEDIA_TYPES["zip"], warnings=members.warnings())


def _refuse_bombs(files: list[zipfile.ZipInfo]) -> None:
    """What the directory says; what it hides, unpacking finds."""
    if len(files) > MAX_MEMBERS:
        raise too_large(f"it holds more than {MAX_MEMBERS:,} files")
    if sum(info.file_size for info in files) > MAX_TOTAL:
        raise too_large(f"it unpacks to more than {MAX_TOTAL // 1_000_000} MB")
    if any(info.file_size > 1_000_000 and info.file_size > MAX_RATIO * max(info.compress_size, 1) for info in files):
        raise too_large(f"a file in it unpacks to more than {MAX_RATIO} times its size")


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    if info.flag_bits & 1:
        raise encrypted()
    with unpacking("ZIP archive"), archive.open(info) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise too_large(f"it unpacks to more than {most // 1_000_000} MB")
    return content


def name_of(info: zipfile.ZipInfo) -> str:
    """The member's path; names that an old Korean Windows wrote are in CP949 and not marked as such."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("cp949")
    except UnicodeError:
        return info.filename


def _ignored(name: str) -> bool:
    return name.startswith(_NOT_DOCUMENTS[0]) or name.rpartition("/")[2] in _NOT_DOCUMENTS[1:]
