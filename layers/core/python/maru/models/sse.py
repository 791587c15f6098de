"""Server-sent events as bytes: whole events out of parts that are cut anywhere."""

from collections.abc import Iterator

from maru.models.failures import StreamBroken

#: An event larger than this is no event.
LIMIT = 16 * 1024 * 1024

DONE = b"[DONE]"


class Cutter:
    """Takes bytes as they come and gives blocks that end with an event's end; line ends become ``\\n``."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        """The whole events that are complete now, as one block; empty where none is. Raises ``StreamBroken`` where no event ends."""
        if self._rest:
            data = self._rest + data
        if b"\r" in data:
            # A carriage return at the very end may belong to a line feed that is still to come.
            held = b"\r" if data.endswith(b"\r") else b""
            data = data.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\r", b"\n") + held
        end = data.rfind(b"\n\n") + 2
        if end == 1:
            end = 0
        if len(data) - end > LIMIT:
            raise StreamBroken("The model sent an event that cannot be read.")
        self._rest = data[end:]
        return data[:end]

    def close(self) -> bytes:
        """What is left at the end of the stream, as a whole event; empty where nothing is."""
        rest, self._rest = self._rest.strip(b"\r\n"), b""
        return rest + b"\n\n" if rest else b""


def events(block: bytes) -> Iterator[bytes]:
    """The single events of a block, each with its closing blank line."""
    for event in block.split(b"\n\n"):
        if event.strip():
            yield event.strip(b"\n") + b"\n\n"


def data_of(event: bytes) -> bytes:
    """The data of an event, empty for comments. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html"""
    lines = (line[5:].removeprefix(b" ") for line in event.split(b"\n") if line.startswith(b"data:"))
    return b"\n".join(lines)
