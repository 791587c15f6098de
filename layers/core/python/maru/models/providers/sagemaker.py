"""SageMaker endpoints that run vLLM: OpenAI's protocol inside InvokeEndpoint, its stream cut into parts anywhere.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from maru.errors import MaruError
from maru.models import failures
from maru.models.catalogue import Target
from maru.models.providers.conversation import required
from maru.models.providers.eventstream import Frames, Message
from maru.models.providers.pen import Form
from maru.models.providers.refusals import parsed, refusal
from maru.models.providers.wire import Ask, Body, Decoder, EventsDecoder, Translator, Wire

_STATUS = {"InternalDependencyException": 503, "ServiceUnavailable": 503}
#: Seconds: an endpoint that has scaled to zero needs minutes, and asking wakes it.
_WAKING = 30


def ask(target: Target, body: Body, stream: bool) -> Ask:
    """The request as it is, but for the older function calls, which vLLM does not know."""
    request = dict(body)
    if functions := request.pop("functions", None):
        request["tools"] = [{"type": "function", "function": one} for one in functions]
        choice = request.pop("function_call", None)
        if choice:
            request["tool_choice"] = {"type": "function", "function": choice} if isinstance(choice, dict) else choice
    request["messages"] = [_message(one, f"messages.{index}") for index, one in enumerate(body["messages"])]
    return Ask(path_of(target) + ("-response-stream" if stream else ""), request, component_of(target))


def path_of(target: Target) -> str:
    """Where the target's endpoint is invoked for a whole answer."""
    return f"/endpoints/{quote(target.endpoint or target.model, safe='')}/invocations"


def component_of(target: Target) -> dict[str, str]:
    """The header that names the target's inference component, where it has one."""
    return {"x-amzn-sagemaker-inference-component": target.component} if target.component else {}


def _message(message: Body, place: str) -> Body:
    if call := message.get("function_call"):
        name = required(call, "name", f"{place}.function_call")
        rest = {name: value for name, value in message.items() if name != "function_call"}
        return rest | {"tool_calls": [{"id": f"call_{name}", "type": "function", "function": call}]}
    if message["role"] == "function":
        return {"role": "tool", "tool_call_id": f"call_{message.get('name')}", "content": message.get("content")}
    return message


class _Chunks(Translator):
    """What is OpenAI's already, with tool calls in the older form where they were asked for so."""

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self._legacy = form.legacy
        self._answer: Body = {}

    def whole(self, answer: Any) -> None:
        """A ``chat.completion``."""
        for choice in answer["choices"] if self._legacy else ():
            self._change(choice, choice["message"])
        self._answer = answer

    def result(self) -> Body:
        """See :class:`Translator`."""
        return self._answer

    def event(self, event: Any) -> None:
        """A ``chat.completion.chunk``, of a request with functions."""
        for choice in event.get("choices") or ():
            self._change(choice, choice["delta"])
        self.pen.raw(event)

    def _change(self, choice: Any, said: Any) -> None:
        for call in said.pop("tool_calls", None) or ():
            # The older form has room for one call, which is the first.
            if not call.get("index"):
                said.setdefault("function_call", call["function"])
        if choice.get("finish_reason") == "tool_calls":
            choice["finish_reason"] = "function_call"


class _Payloads(Decoder):
    """Payload parts put together again: the server's own bytes, forwarded as they are unless something must change in them."""

    def __init__(self, form: Form) -> None:
        self._frames = Frames()
        self._inner = EventsDecoder(_Chunks(form)) if form.legacy else None

    def feed(self, data: bytes) -> bytes:
        """See :class:`Decoder`."""
        return b"".join(self._part(message) for message in self._frames.feed(data))

    def close(self) -> bytes:
        """See :class:`Decoder`."""
        self._frames.close()
        return self._inner.close() if self._inner else b""

    def _part(self, message: Message) -> bytes:
        if message.failed:
            text = parsed(message.payload).get("Message") or "The model failed."
            return b"\n\ndata: " + json.dumps({"error": {"message": text, "type": "server_error", "code": 500}}).encode() + b"\n\n"
        return self._inner.feed(message.payload) if self._inner else message.payload


def refused(alias: str, status: int, headers: Mapping[str, str], body: bytes) -> MaruError:
    """The error for a refusal: the container's own where it is one, and a waking endpoint is one that is not there yet."""
    document = parsed(body)
    message = document.get("Message") or document.get("message")
    kind = headers.get("x-amzn-ErrorType", "").split(":")[0]
    # First nobody has a machine, then the machine has no model yet.
    if "no capacity" in str(message).lower() or kind == "ModelNotReadyException":
        return failures.waking(alias, _WAKING)
    original = document.get("OriginalStatusCode")
    if isinstance(original, int) and 400 <= original < 600:
        return failures.refused(alias, original, headers, str(document.get("OriginalMessage") or "").encode())
    if kind == "ValidationError":
        # About the endpoint's name, which the caller did not choose.
        return refusal(alias, 404, headers, message)
    return refusal(alias, _STATUS.get(kind, status), headers, message)


WIRE = Wire(ask, _Chunks, _Payloads, refused, service="sagemaker")
