"""OpenAI's requests for chat completions and embeddings: every parameter of its API, nothing else.

Field names and bounds follow its OpenAPI document 2.3.0. What a model then makes of a value is the model's affair.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from maru.errors import BadRequest
from maru.exact import WHOLE
from maru.models import consistency, shapes

type Object = dict[str, Any]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ContentPart(BaseModel):
    """A part of a message's content; its own fields depend on its type (:mod:`maru.models.shapes`)."""

    model_config = ConfigDict(extra="allow")

    type: Literal["text", "refusal", "image_url", "input_audio", "file"]


class Message(BaseModel):
    """A message of a conversation; what it has beside these depends on its role (:mod:`maru.models.shapes`)."""

    model_config = ConfigDict(extra="allow")

    role: Literal["developer", "system", "user", "assistant", "tool", "function"]
    content: str | list[ContentPart] | None = None
    name: Annotated[str, Field(max_length=64)] | None = None


class StreamOptions(BaseModel):
    """How a stream is sent."""

    model_config = ConfigDict(extra="forbid", strict=True)

    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class ResponseFormat(BaseModel):
    """The form of the answer."""

    model_config = ConfigDict(extra="allow")

    type: Literal["text", "json_object", "json_schema"]

    @model_validator(mode="after")
    def _described(self) -> Self:
        form = (self.model_extra or {}).get("json_schema")
        if self.type == "json_schema" and not (isinstance(form, dict) and form.get("name")):
            raise BadRequest(
                "A json_schema has a name and a schema.", param="response_format.json_schema", code="missing_required_parameter"
            )
        return self


#: Up to 16 pairs, as OpenAI's objects carry them.
type Metadata = Annotated[
    dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=512)]],
    Field(max_length=16),
]


class ChatRequest(_Request):
    """The body of ``POST /v1/chat/completions``."""

    model: str = Field(min_length=1)
    messages: list[Message] = Field(min_length=1)
    audio: Object | None = None
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    function_call: str | Object | None = None
    functions: Annotated[list[Object], Field(min_length=1, max_length=128)] | None = None
    logit_bias: dict[str, float] | None = None
    logprobs: bool | None = None
    max_completion_tokens: Annotated[int, Field(ge=1), WHOLE] | None = None
    max_tokens: Annotated[int, Field(ge=1), WHOLE] | None = None
    metadata: Metadata | None = None
    modalities: list[Literal["text", "audio"]] | None = None
    moderation: Object | None = None
    n: Annotated[int, Field(ge=1, le=128), WHOLE] | None = None
    parallel_tool_calls: bool | None = None
    prediction: Object | None = None
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    prompt_cache_key: str | None = None
    prompt_cache_options: Object | None = None
    prompt_cache_retention: Literal["in_memory", "24h"] | None = None
    reasoning_effort: str | None = None
    response_format: ResponseFormat | None = None
    safety_identifier: Annotated[str, Field(max_length=64)] | None = None
    seed: Annotated[int, WHOLE] | None = None
    service_tier: str | None = None
    stop: str | Annotated[list[str], Field(max_length=4)] | None = None
    store: bool | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    tool_choice: str | Object | None = None
    tools: list[Object] | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=20), WHOLE] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    user: str | None = None
    verbosity: Literal["low", "medium", "high"] | None = None
    web_search_options: Object | None = None

    def wire(self) -> Object:
        """What goes on to a model: ``store`` and ``metadata`` are ours to honour, and no other server's to keep."""
        return self.model_dump(exclude_unset=True, exclude={"store", "metadata"})

    @model_validator(mode="before")
    @classmethod
    def _known(cls, given: Any) -> Any:
        shapes.check(given)
        return given

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        consistency.check(self)
        return self


class EmbeddingRequest(_Request):
    """The body of ``POST /v1/embeddings``."""

    model: str = Field(min_length=1)
    input: (
        Annotated[str, Field(min_length=1)]
        | Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1, max_length=2048)]
        | Annotated[list[int], Field(min_length=1, max_length=2048)]
        | Annotated[list[Annotated[list[int], Field(min_length=1)]], Field(min_length=1, max_length=2048)]
    )
    dimensions: Annotated[int, Field(ge=1), WHOLE] | None = None
    encoding_format: Literal["float", "base64"] = "float"
    user: str | None = None

    @field_validator("input", mode="before")
    @classmethod
    def _of_one_kind(cls, given: Any) -> Any:
        return consistency.check_inputs(given)

    def inputs(self) -> list[str | list[int]]:
        """What is to be embedded, one by one: texts, or lists of token ids."""
        if isinstance(self.input, str):
            return [self.input]
        if isinstance(self.input[0], int):
            return [[int(token) for token in self.input if isinstance(token, int)]]
        return [one for one in self.input if not isinstance(one, int)]
