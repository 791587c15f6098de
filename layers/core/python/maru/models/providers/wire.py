"""What a provider is to the model client: how to ask it, how to read what it says, how it refuses."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from maru.errors import MaruError
from maru.models import failures, sse
from maru.models.catalogue import Target
from maru.models.providers.eventstream import Frames, Message
from maru.models.providers.pen import Form, Pen, folded
from maru.models.transport import Manners, Reply

type Body = dict[str, Any]


@dataclass(frozen=True)
class Ask:
    """A request in the provider's language, to be posted to the target's URL and ``path``."""

    path: str
    body: Body
    headers: Mapping[str, str] = field(default_factory=dict)


class Translator(ABC):
    """Writes one answer with its pen, whole or as it comes. A value that is no such answer may raise what reading it raises."""

    def __init__(self, form: Form) -> None:
        self.pen = Pen(form)

    @abstractmethod
    def whole(self, answer: Any) -> None:
        """A whole answer, parsed."""

    def result(self) -> Body:
        """The ``chat.completion`` of what was read; raises ``ValueError`` where it is none."""
        return folded(self.pen.take())

    @abstractmethod
    def event(self, event: Any) -> None:
        """The next event of a stream, parsed."""

    def ended(self) -> None:  # noqa: B027 - most providers have nothing to do
        """The connection ended: for providers that mark the end in no other way."""


class Decoder(ABC):
    """Bytes of a provider's stream, cut anywhere, into bytes of OpenAI's."""

    @abstractmethod
    def feed(self, data: bytes) -> bytes:
        """Whole events that are complete now; empty where none is. Raises ``StreamBroken`` for what cannot be read."""

    @abstractmethod
    def close(self) -> bytes:
        """What the end of the connection adds."""


class EventsDecoder(Decoder):
    """A stream of server-sent events whose data are JSON."""

    def __init__(self, translator: Translator) -> None:
        self._translator, self._cutter = translator, sse.Cutter()

    def feed(self, data: bytes) -> bytes:
        """See :class:`Decoder`."""
        return self._read(self._cutter.feed(data))

    def close(self) -> bytes:
        """See :class:`Decoder`."""
        out = self._read(self._cutter.close())
        self._translator.ended()
        return out + self._translator.pen.written()

    def _read(self, block: bytes) -> bytes:
        for event in sse.events(block):
            data = sse.data_of(event)
            if data == sse.DONE:
                self._translator.pen.done()
            elif data:
                understood(self._translator, data)
        return self._translator.pen.written()


class FramesDecoder(Decoder):
    """A stream of AWS's binary event frames; ``read`` gives a frame's event to the translator."""

    def __init__(self, translator: Translator, read: Callable[[Translator, Message], None]) -> None:
        self._translator, self._read, self._frames = translator, read, Frames()

    def feed(self, data: bytes) -> bytes:
        """See :class:`Decoder`."""
        for message in self._frames.feed(data):
            self._read(self._translator, message)
        return self._translator.pen.written()

    def close(self) -> bytes:
        """See :class:`Decoder`."""
        self._frames.close()
        self._translator.ended()
        return self._translator.pen.written()


def understood(translator: Translator, data: bytes) -> None:
    """Give a stream's event to the translator; raises ``StreamBroken`` for one that cannot be read."""
    try:
        translator.event(json.loads(data))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise failures.StreamBroken("The model sent an event that cannot be read.") from error


@dataclass(frozen=True)
class Wire:
    """One provider. ``ask`` takes a target, OpenAI's request and whether to stream; it raises ``BadRequest`` for what cannot be asked."""

    ask: Callable[[Target, Body, bool], Ask]
    translator: Callable[[Form], Translator]
    decoder: Callable[[Form], Decoder]
    refused: Callable[[str, int, Mapping[str, str], bytes], MaruError]
    form: Callable[[Target, Body], Form] = lambda target, body: Form.of(target.model, body)
    key_header: str = "authorization"
    service: str = "bedrock"

    def manners(self, ask: Ask) -> Manners:
        """How the transport posts it."""
        return Manners(ask.headers, self.key_header, self.service, self.refused)

    def read(self, reply: Reply, form: Form) -> Reply:
        """The same exchange, its stream in OpenAI's language."""
        return _Translated.through(reply, self.decoder(form))

    def answer(self, alias: str, raw: bytes, form: Form) -> Body:
        """OpenAI's ``chat.completion`` for a whole answer; raises :class:`~maru.errors.UpstreamFailed` where it is none."""
        translator = self.translator(form)
        try:
            translator.whole(json.loads(raw))
            return translator.result()
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise failures.unusable(alias) from error


class _Translated(Reply):
    """A reply that is read through a decoder."""

    _decoder: Decoder

    @classmethod
    def through(cls, reply: Reply, decoder: Decoder) -> Self:
        """The same exchange in OpenAI's language."""
        one = cls(reply.alias, reply.response, reply.session)
        one._decoder = decoder
        return one

    async def parts(self, between: float) -> Any:
        """See :meth:`Reply.parts`."""
        async for part in super().parts(between):
            if out := self._decoder.feed(part):
                yield out
        if out := self._decoder.close():
            yield out
