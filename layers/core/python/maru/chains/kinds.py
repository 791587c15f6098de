"""The kinds of steps: strict models of their YAML. Strings ``{% … %}`` are JSONata, evaluated as Step Functions does."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from maru.chains.failures import ErrorName
from maru.exact import Exact, Several

STEP_ID = r"^[a-z][a-z0-9_]{0,31}$"
VARIABLE = r"^[A-Za-z][A-Za-z0-9_]{0,63}$"
REFERENCE = r"^[a-z0-9][a-z0-9_-]{0,62}(@[a-z0-9][a-z0-9_-]{0,31})?$"

type Expression = str
#: JSON in which strings ``{% … %}`` are expressions.
type Template = JsonValue


class Strict(Exact):
    """A part of a document: what it does not know is a mistake."""

    model_config = ConfigDict(frozen=True)


class Retry(Strict):
    """How often a failing step is tried again: after ``seconds``, then ``backoff`` times as long, with full jitter."""

    attempts: int = Field(default=4, ge=0, le=10)
    seconds: int = Field(default=1, ge=1, le=300)
    backoff: float = Field(default=2.0, ge=1, le=10)
    max_seconds: int = Field(default=60, ge=1, le=3600)


class Catch(Strict):
    """What is done instead when a step failed for good; the chain then goes on after the step.

    Within ``steps`` ``$states.input`` is ``{error, message, step}``, and its last output is the step's.
    """

    errors: Several[ErrorName] = Field(default=("all",), min_length=1)
    steps: "Steps" = ()


class _Step(Strict):
    """What all steps have. ``output`` shapes the next step's ``$states.input``, ``assign`` sets variables; both see ``$states.result``."""

    id: str = Field(pattern=STEP_ID)
    description: str = Field(default="", max_length=500)
    assign: dict[Annotated[str, Field(pattern=VARIABLE)], Template] = Field(default={}, max_length=30)
    output: Template = "{% $states.result %}"
    retry: Retry = Retry()
    catch: Several[Catch] = Field(default=(), max_length=10)
    timeout_seconds: int = Field(default=300, ge=1, le=840)


class Message(Strict):
    """One message; ``{{name}}`` stands for an entry of ``variables``."""

    role: Literal["system", "developer", "user", "assistant"]
    content: str = Field(min_length=1, max_length=100_000)


class Model(_Step):
    """Ask a model. Result: ``{text, json, model, finish_reason}``; ``json`` is null without a ``schema``.

    Either ``prompt`` (``name``, ``name@label`` or ``name@3``) or ``messages``. With a ``schema`` the answer is parsed and checked, and
    the model is told its mistakes ``repairs`` times. ``fallbacks`` are asked in turn where the model fails.
    """

    type: Literal["model"]
    prompt: str | None = Field(default=None, pattern=REFERENCE)
    messages: Annotated[Several[Message], Field(min_length=1, max_length=50)] | None = None
    variables: dict[Annotated[str, Field(pattern=VARIABLE)], Template] = Field(default={}, max_length=50)
    model: str | None = Field(default=None, min_length=1, max_length=128)
    fallbacks: Several[Annotated[str, Field(min_length=1, max_length=128)]] = Field(default=(), max_length=5)
    parameters: dict[str, JsonValue] = Field(default={}, max_length=30)
    json_schema: dict[str, JsonValue] | None = Field(default=None, alias="schema")
    repairs: int = Field(default=2, ge=0, le=5)


class Retrieve(_Step):
    """Search under the rights of whoever started the run. Result: ``{passages: [{index, text, source, page, score, …}], text}``.

    ``text`` holds all passages numbered and fenced, ready for a prompt.
    """

    type: Literal["retrieve"]
    query: Template
    vector_stores: Template
    top_k: int = Field(default=5, ge=1, le=50)
    cutoff: float | None = Field(default=None, ge=-1, le=1)


class Guard(_Step):
    """Run a guard policy over a text. Result: ``{action, flagged, output, findings}``.

    A blocked text fails the step unless ``on_block: continue``.
    """

    type: Literal["guard"]
    text: Template
    place: Literal["input", "output", "passage", "tool_result"] = "output"
    policy: str = "default"
    on_block: Literal["fail", "continue"] = "fail"


class Tool(_Step):
    """Call a built-in function (``maru/chains/builtins``). Result: whatever it gives.

    ``approval`` names an earlier ``approve`` step; a function that acts on the outside is refused without one.
    """

    type: Literal["tool"]
    tool: str = Field(pattern=r"^[a-z][a-z0-9_.]{0,63}$")
    arguments: dict[str, Template] = Field(default={}, max_length=50)
    approval: str | None = Field(default=None, pattern=STEP_ID)


class Transform(_Step):
    """Pure JSONata. Result: ``value``."""

    type: Literal["transform"]
    value: Template


class When(Strict):
    """One way of a choice."""

    when: Expression = Field(min_length=1)
    steps: "Steps" = ()


class Choice(_Step):
    """The first way whose condition is true, else ``otherwise``. Variables set on the way stay; its last output is the step's result."""

    type: Literal["choice"]
    choices: Several[When] = Field(min_length=1, max_length=20)
    otherwise: "Steps" = ()


class Parallel(_Step):
    """Branches side by side, all beginning with this step's input. Result: an object from branch name to the branch's last output.

    Variables set in a branch end with it.
    """

    type: Literal["parallel"]
    branches: Annotated[dict[Annotated[str, Field(pattern=STEP_ID)], "Steps"], Field(min_length=1, max_length=100)]


class Map(_Step):
    """The same steps for every item of a list, at most ``concurrency`` at once.

    Inside, ``$states.input`` is the item and ``$states.context.Map.Item.Index`` its index. Result: ``{results, errors, total, succeeded,
    failed}``; ``results[i]`` is null and ``errors`` has ``{index, step, error, message}`` where an item failed for good. More than
    ``tolerate_percent`` of failed items fail the step; fewer end the run as ``completed_with_errors``.
    """

    type: Literal["map"]
    items: Template
    concurrency: int = Field(default=8, ge=1, le=40)
    max_items: int = Field(default=1000, ge=1, le=10_000)
    tolerate_percent: float = Field(default=0, ge=0, le=100)
    steps: "Steps"


class Wait(_Step):
    """Pause for ``seconds``, or until a moment (ISO 8601). Result: ``{until}``."""

    type: Literal["wait"]
    seconds: Template = None
    until: Template = None


class Who(Strict):
    """Who may decide: holders of the scope ``approve`` who are among ``users`` or in one of ``groups``, where either is given.

    Never the one who started the run, nor who published or armed the trigger that did.
    """

    groups: Several[Annotated[str, Field(min_length=1, max_length=128)]] = Field(default=(), max_length=20)
    users: Several[Annotated[str, Field(min_length=1, max_length=128)]] = Field(default=(), max_length=50)


class Approve(_Step):
    """Pause until somebody decides about exactly this tool with exactly these arguments.

    Result: ``{decision, by, reason, at, approval_id}``. Without steps for ``rejected`` or ``expired`` that outcome fails the step.
    ``tool`` is a built-in, or ``notify`` for a later notification with ``arguments: {channel, url, subject, text, body}``. Who may decide
    sees ``title``, ``arguments`` and ``evidence``, and nothing else of the run; passages in the evidence as far as they may read them.
    """

    type: Literal["approve"]
    title: Template
    tool: str = Field(pattern=r"^[a-z][a-z0-9_.]{0,63}$")
    arguments: dict[str, Template] = Field(default={}, max_length=50)
    evidence: Template = None
    who: Who = Who()
    expires_seconds: int = Field(default=86_400, ge=1, le=30 * 86_400)
    remind_seconds: int | None = Field(default=None, ge=60, le=30 * 86_400)
    rejected: "Steps | None" = None
    expired: "Steps | None" = None


class Jira(Strict):
    """The fields of an issue as Jira's REST API takes them."""

    project: str = Field(pattern=r"^[A-Z][A-Z0-9_]{1,19}$")
    issue_type: str = Field(default="Task", min_length=1, max_length=60)
    priority: Template = None
    labels: Template = None


class Notify(_Step):
    """Tell somebody: the stage's SNS topic, or a webhook on the stage's list of hosts, signed with HMAC-SHA256.

    ``url`` may be an expression; its host is looked up in the list when the notification is sent.
    ``slack`` and ``jira`` are webhooks with those services' bodies. Result: ``{delivered, status}``.
    """

    type: Literal["notify"]
    channel: Literal["sns", "webhook", "slack", "jira"]
    url: str | None = Field(default=None, max_length=2000)
    subject: Template = ""
    text: Template = ""
    body: Template = None
    jira: Jira | None = None
    approval: str | None = Field(default=None, pattern=STEP_ID)


class Nested(_Step):
    """Another chain, its version fixed when this one is published. Result: that chain's output."""

    type: Literal["chain"]
    chain: str = Field(pattern=REFERENCE)
    input: Template = "{% $states.input %}"


type Step = Annotated[
    Model | Retrieve | Guard | Tool | Transform | Choice | Parallel | Map | Wait | Approve | Notify | Nested,
    Field(discriminator="type"),
]
type Steps = Annotated[Several[Step], Field(max_length=100)]


for _model in (Catch, When, Choice, Parallel, Map, Approve):
    _model.model_rebuild()
