"""``POST /v1/guard/check``: one text, or the messages of a conversation, run through a policy."""

from typing import Annotated, Any, Literal

import anyio.to_thread
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from maru.exact import Exact
from maru.guard.check import Place
from maru.guard.decision import Decision
from maru.guard.engine import Guard
from maru.guard.masking import Vault
from maru.guard.policies import PolicyStore
from maru.guard.policy import STRENGTH, Policy, parsed
from maru.http import provided, require
from maru.identity import Caller

router = APIRouter(tags=["guard"])

type Chatting = Annotated[Caller, Depends(require("chat"))]
type Guarding = Annotated[Guard, Depends(provided(Guard))]
type Policies = Annotated[PolicyStore, Depends(provided(PolicyStore))]
type Text = Annotated[str, Field(max_length=1_000_000)]


class Said(BaseModel):
    """A message of a conversation; only its text is looked at."""

    model_config = ConfigDict(extra="allow")

    role: str = "user"
    content: Text | list[dict[str, Any]] | None = None


class CheckRequest(Exact):
    """A text to check. ``policy`` is a name, ``name@version``, or a policy itself that was not published yet.

    ``passages`` are what an output is to rest on, for the check of grounding.
    """

    input: Text | Annotated[list[Said], Field(min_length=1, max_length=500)]
    place: Literal["input", "history", "passage", "tool", "tool_arguments", "tool_result", "output"] = "input"
    policy: str | dict[str, Any] | None = None
    passages: list[Text] | None = Field(default=None, max_length=100)

    def where(self) -> Place:
        """The place as policies call it."""
        return "tool_result" if self.place == "tool" else self.place


@router.post("/v1/guard/check")
async def check_text(body: CheckRequest, caller: Chatting, guard: Guarding, policies: Policies) -> dict[str, Any]:
    """What the policy (default: `default`) makes of a text: ``output`` is how it would go on, empty where it is blocked.

    Offsets are code points of the input; for messages, of the content of the one that ``message`` counts.
    """
    policy = await chosen(body.policy, caller, policies)
    if isinstance(body.input, str):
        facts = None if body.passages is None else {"passages": body.passages}
        return shown(await guard.check(body.input, body.where(), policy, facts=facts))
    return await _conversation(body.input, body.where(), policy, guard)


async def chosen(reference: str | dict[str, Any] | None, caller: Caller, policies: PolicyStore) -> Policy:
    """The policy that a request means; raises NotFound, and BadRequest naming the entry that is wrong."""
    if isinstance(reference, dict):
        return parsed({"name": "unpublished"} | reference)
    return await anyio.to_thread.run_sync(policies.find, caller.tenant, reference or "default")


def shown(decision: Decision) -> dict[str, Any]:
    """A decision as callers get it."""
    answer: dict[str, Any] = {
        "action": decision.action,
        "flagged": decision.flagged,
        "findings": [_finding(one) for one in decision.findings],
        "output": decision.output,
    }
    if decision.failed:
        answer |= {"failed": list(decision.failed), "unchecked": list(decision.unchecked)}
    return answer


def _finding(finding: Any) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in ("check", "label", "start", "end", "score", "rule")}


async def _conversation(messages: list[Said], place: Place, policy: Policy, guard: Guard) -> dict[str, Any]:
    vault = Vault()
    output: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    for number, message in enumerate(messages):
        said = message.model_dump(exclude_unset=True)
        for part, text in _texts(said):
            answer = shown(await guard.check(text, place, policy, vault=vault))
            part["content" if part is said else "text"] = answer["output"]
            answer["findings"] = [{"message": number, **one} for one in answer["findings"]]
            answers.append(answer)
        output.append(said)
    action = max((one["action"] for one in answers), key=STRENGTH.index, default="allow")
    merged: dict[str, Any] = {
        "action": action,
        "flagged": any(one["flagged"] for one in answers),
        "findings": [finding for one in answers for finding in one["findings"]],
        "output": [] if action == "block" else output,
    }
    for name in ("failed", "unchecked"):
        if found := sorted({check for one in answers for check in one.get(name, ())}):
            merged[name] = found
    return merged


def _texts(said: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Each text of a message with the object that holds it."""
    content = said.get("content")
    if isinstance(content, str):
        return [(said, content)]
    return [(part, part["text"]) for part in content or () if isinstance(part.get("text"), str)]
