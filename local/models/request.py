"""The requests that the server takes, parsed strictly: what it cannot honour is refused with the field's name."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from maru.errors import BadRequest


class _Body(BaseModel):
    # Fields that only steer sampling (temperature, seed, penalties) mean nothing to these models and are let through.
    model_config = ConfigDict(extra="ignore", frozen=True)


def _joined(content: Any) -> Any:
    """Content as text: parts of type `text` joined by newlines, an image by what it says of itself; other parts are refused."""
    if not isinstance(content, list):
        return content or ""
    parts = [_part(part) for part in content]
    if any(not isinstance(part, str) for part in parts):
        raise ValueError("only text parts and images as data can be read by this model")
    return "\n".join(map(str, parts))


def _part(part: Any) -> Any:
    if not isinstance(part, dict) or part.get("type") not in {"text", "image_url"}:
        return None
    if part["type"] == "text":
        return part.get("text")
    head, _, data = str((part.get("image_url") or {}).get("url")).partition(";base64,")
    return f"[{head.removeprefix('data:')}, {len(data) * 3 // 4} bytes]" if head.startswith("data:image/") and data else None


class CalledFunction(_Body):
    name: str
    arguments: str


class Call(_Body):
    id: str
    function: CalledFunction


class Message(_Body):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: Annotated[str, BeforeValidator(_joined)] = ""
    tool_calls: tuple[Call, ...] | None = None
    tool_call_id: str | None = None


class Function(_Body):
    name: str
    parameters: dict[str, Any] = {}


class Tool(_Body):
    type: Literal["function"]
    function: Function


class Named(_Body):
    function: Function


class Schema(_Body):
    name: str
    schema_: dict[str, Any] = Field(default={}, alias="schema")


class ResponseFormat(_Body):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: Schema | None = None


class StreamOptions(_Body):
    include_usage: bool = False


class ChatRequest(_Body):
    """The body of POST /v1/chat/completions as far as these models honour it."""

    model: str
    messages: tuple[Message, ...] = Field(min_length=1)
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    logprobs: Literal[False] | None = None
    logit_bias: Annotated[dict[str, float], Field(max_length=0)] | None = None
    reasoning_effort: Literal["none"] | None = None
    verbosity: Literal["medium"] | None = None
    service_tier: Literal["auto", "default"] | None = None
    stop: str | tuple[str, ...] | None = None
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    tools: tuple[Tool, ...] | None = None
    tool_choice: Literal["none", "auto", "required"] | Named | None = None
    response_format: ResponseFormat | None = None
    #: Whether the tools came as functions, and calls go back so.
    legacy: bool = False

    @model_validator(mode="before")
    @classmethod
    def _modern(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        body = {name: value for name, value in given.items() if name != "legacy"}
        if isinstance(body.get("messages"), list):
            body["messages"] = [_modern_message(one, place) for place, one in enumerate(body["messages"])]
        if functions := body.get("functions"):
            choice = body.get("function_call")
            body["tools"] = [{"type": "function", "function": one} for one in functions]
            body["tool_choice"] = {"function": choice} if isinstance(choice, dict) else choice
            body["legacy"] = True
        return body

    @property
    def limit(self) -> int | None:
        """The most tokens of an answer, None without a limit."""
        return self.max_completion_tokens or self.max_tokens

    @property
    def stops(self) -> tuple[str, ...]:
        """The strings at which an answer ends, before them."""
        return (self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ())

    @property
    def include_usage(self) -> bool:
        """Whether a stream tells the usage before its end."""
        return bool(self.stream_options and self.stream_options.include_usage)

    @property
    def system(self) -> str:
        """The instructions: all system and developer messages."""
        return "\n\n".join(message.content for message in self.messages if message.role in {"system", "developer"})

    @property
    def last_user(self) -> str:
        """The text of the last user message, empty without one."""
        return next((message.content for message in reversed(self.messages) if message.role == "user"), "")


def _modern_message(message: Any, place: int) -> Any:
    """A message of the older form, which has no ids: a function's call and its result, as a tool's."""
    if isinstance(message, dict) and message.get("function_call"):
        return {**message, "tool_calls": [{"id": f"call_{place}", "function": message["function_call"]}]}
    if isinstance(message, dict) and message.get("role") == "function":
        return {**message, "role": "tool"}
    return message


class EmbeddingRequest(_Body):
    """The body of POST /v1/embeddings."""

    model: str
    input: str | tuple[str, ...]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts to embed, at least one and none of them empty after `parse_embedding`."""
        return (self.input,) if isinstance(self.input, str) else self.input


def parse_chat(body: bytes) -> ChatRequest:
    """Raises BadRequest naming the first field that is wrong or cannot be honoured."""
    return _parse(ChatRequest, body)


def parse_embedding(body: bytes) -> EmbeddingRequest:
    """Raises BadRequest naming the first field that is wrong; token arrays are among what cannot be honoured."""
    request = _parse(EmbeddingRequest, body)
    if not request.texts or any(not text for text in request.texts):
        raise BadRequest("input must be a text or a list of texts, none of them empty.", param="input")
    return request


_MESSAGES = {
    "n": "n must be 1: these models give one answer.",
    "logprobs": "logprobs are not available from these models.",
    "logit_bias": "logit_bias must be empty: these models choose among no tokens.",
    "reasoning_effort": "reasoning_effort must be 'none': these models do not think.",
    "verbosity": "verbosity must be 'medium': these models say what they say.",
    "service_tier": "service_tier must be 'auto' or 'default': there is one tier here.",
    "input": "input must be a text or a list of texts; arrays of token ids are not taken.",
}


def _parse[T: BaseModel](shape: type[T], body: bytes) -> T:
    try:
        return shape.model_validate_json(body)
    except ValidationError as failed:
        first = failed.errors(include_url=False, include_input=False, include_context=False)[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        param = field if field in _MESSAGES else ".".join(map(str, first["loc"])) or None
        message = _MESSAGES.get(field, first["msg"])
        raise BadRequest(message, param=param) from None
