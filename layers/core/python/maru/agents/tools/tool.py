"""A tool: what a model is told of it, what its arguments and result must be, and where it is carried out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from maru.agents.tools.schemas import checked_schema
from maru.exact import Exact, Several
from maru.validation import spelled

#: Of a tool and of a function, as models take it.
NAME = spelled(r"^[a-zA-Z0-9_-]{1,64}$", "1 to 64 letters, digits, '-' and '_', such as 'find_order'")


class _Strict(Exact):
    model_config = ConfigDict(str_strip_whitespace=True)


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError("is an https address, such as https://api.example.com/v1/orders/{order_id}")
    if "{" in parts.netloc or "@" in parts.netloc:
        raise ValueError("names its host plainly: no argument and no credentials before the path")
    if parts.query or parts.fragment:
        raise ValueError("has no query and no fragment: arguments that the path does not name become the query or the body")
    return url


class HttpTarget(_Strict):
    """An HTTPS service. ``{name}`` in the path is an argument; the others are the query of GET and DELETE, else a JSON body."""

    kind: Literal["http"]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    url: Annotated[str, Field(max_length=2_000), AfterValidator(_address)]

    @property
    def host(self) -> str:
        """The host as the allow-list has it, with its port where that is not 443."""
        return host_of(self.url)


class LambdaTarget(_Strict):
    """A Lambda function, by the name under which the deployment offers it to tools."""

    kind: Literal["lambda"]
    function: str = Field(pattern=NAME)


class DataTarget(_Strict):
    """A view of structured data, by its name. An argument is a column and must be equal (a list: any of its values), or a column with
    ``_ne``, ``_gt``, ``_gte``, ``_lt``, ``_lte`` or ``_nin`` behind it; ``sort`` and ``limit`` may be arguments too.

    ``fields`` are the columns that are given, all where it is absent; ``limit`` the rows at most.
    """

    kind: Literal["data"]
    view: str = Field(pattern=spelled(r"^[a-z][a-z0-9_]{0,47}$", "a view's name, such as 'orders'"))
    fields: list[Annotated[str, Field(min_length=1, max_length=48)]] | None = Field(default=None, min_length=1, max_length=100)
    sort: str | None = Field(default=None, max_length=60)
    limit: int = Field(default=20, ge=1, le=50)


type Target = Annotated[HttpTarget | LambdaTarget | DataTarget, Field(discriminator="kind")]
type Schema = Annotated[dict[str, Any], AfterValidator(checked_schema)]


def _arguments(schema: dict[str, Any]) -> dict[str, Any]:
    if schema.get("type") != "object":
        raise ValueError('describes an object: {"type": "object", "properties": {…}}')
    return schema


class ToolChange(_Strict):
    """Fields of a tool that may be changed; one that is not sent stays as it is."""

    description: str = Field(default="", max_length=2_000)
    parameters: Annotated[Schema, AfterValidator(_arguments)] = Field(default={"type": "object", "properties": {}})
    result: Schema | None = None
    target: Target | None = None
    dangerous: bool = False
    timeout_ms: int = Field(default=10_000, ge=100, le=60_000)


class Tool(ToolChange):
    """A tool.

    ``parameters`` is the JSON schema (2020-12) of its arguments, ``result`` that of what it gives. A ``dangerous`` one is carried
    out only after somebody approved the call with exactly its arguments.
    """

    name: str = Field(pattern=NAME)
    description: str = Field(min_length=1, max_length=2_000)
    target: Target

    def offered(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The tool in OpenAI's shape, as a model gets it."""
        return {"type": "function", "function": {"name": self.name, "description": self.description, "parameters": dict(parameters)}}


def host_of(url: str) -> str:
    """``host`` or ``host:port`` of an https address, in small letters."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    return host if parts.port in {None, 443} else f"{host}:{parts.port}"


class ToolsError(Exception):
    """``tools.yaml`` cannot be used; the message names the entry."""


class HostRule(_Strict):
    """A host that tools may call; ``key`` names the credential that goes with every call, in ``header`` behind ``prefix``."""

    model_config = ConfigDict(str_strip_whitespace=False)  # a prefix ends in its blank

    host: str = Field(pattern=spelled(r"^[a-z0-9.-]{1,253}(:\d{1,5})?$", "a host, such as api.example.com"))
    key: str | None = None
    header: str = "authorization"
    prefix: str = "Bearer "


class Offering(_Strict):
    """What operators allow: hosts, and tools that every tenant has."""

    hosts: Several[HostRule] = ()
    tools: Several[Tool] = ()

    @classmethod
    def load(cls, catalogue: str | Path) -> "Offering":
        """Read ``tools.yaml``; raises :class:`ToolsError`."""
        import yaml

        path = Path(catalogue) / "tools.yaml"
        try:
            return cls.model_validate(yaml.safe_load(path.read_bytes()) or {})
        except (yaml.YAMLError, ValidationError) as error:
            raise ToolsError(f"{path.name}: {error}") from error

    def host(self, name: str) -> HostRule | None:
        """The rule of a host, None where nobody may call it."""
        return next((one for one in self.hosts if one.host == name), None)
