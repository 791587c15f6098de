"""``/v1/tools``: what agents may call, and ``/v1/tool_approvals``: decisions about calls that are dangerous."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import ConfigDict, Field

from maru.agents.tools.approvals import ToolApprovals, Verdict
from maru.agents.tools.store import ToolStore
from maru.agents.tools.tool import Tool, ToolChange
from maru.exact import Exact
from maru.http import exchange, provided, require
from maru.identity import Caller

router = APIRouter(tags=["tools"])

type Builder = Annotated[Caller, Depends(require("build"))]
type Approver = Annotated[Caller, Depends(require("approve"))]
type Tools = Annotated[ToolStore, Depends(provided(ToolStore))]
type Approvals = Annotated[ToolApprovals, Depends(provided(ToolApprovals))]


class Decision(Exact):
    """What somebody decided about a call."""

    model_config = ConfigDict(str_strip_whitespace=True)

    decision: Verdict
    comment: str | None = Field(default=None, max_length=500)


@router.post("/v1/tools")
def register_tool(body: Tool, caller: Builder, tools: Tools, request: Request) -> dict[str, Any]:
    """Register a tool: its schema, and the HTTPS service, Lambda function or view of structured data that carries it out."""
    exchange(request).object_id = body.name
    return tools.create(caller, body)


@router.get("/v1/tools")
def list_tools(caller: Builder, tools: Tools) -> dict[str, Any]:
    """The tenant's tools and those that everybody has, by name."""
    return {"object": "list", "data": tools.listed(caller.tenant), "has_more": False}


@router.get("/v1/tools/{tool}")
def read_tool(tool: str, caller: Builder, tools: Tools) -> dict[str, Any]:
    """One tool."""
    return tools.shown(caller.tenant, tool)


@router.post("/v1/tools/{tool}")
@router.patch("/v1/tools/{tool}")
def change_tool(tool: str, body: ToolChange, caller: Builder, tools: Tools) -> dict[str, Any]:
    """Change the fields that are sent."""
    return tools.change(caller, tool, body)


@router.delete("/v1/tools/{tool}")
def delete_tool(tool: str, caller: Builder, tools: Tools) -> dict[str, Any]:
    """Forget a tool; agents that list it fail plainly until they no longer do."""
    tools.delete(caller.tenant, tool)
    return {"name": tool, "object": "tool.deleted", "deleted": True}


@router.get("/v1/tool_approvals")
def list_tool_approvals(
    caller: Approver, approvals: Approvals, status: Literal["pending", "approved", "rejected", "used"] | None = None
) -> dict[str, Any]:
    """Calls of dangerous tools that wait for a decision or have one, the newest first."""
    return {"object": "list", "data": approvals.listed(caller.tenant, status), "has_more": False}


@router.get("/v1/tool_approvals/{approval_id}")
def read_tool_approval(approval_id: str, caller: Approver, approvals: Approvals) -> dict[str, Any]:
    """One of them with the arguments that it is about."""
    return approvals.shown(caller.tenant, approval_id)


@router.post("/v1/tool_approvals/{approval_id}")
def decide_tool_approval(approval_id: str, body: Decision, caller: Approver, approvals: Approvals) -> dict[str, Any]:
    """Approve or reject a call; an approval holds for a day, for exactly these arguments, once."""
    return approvals.decide(caller, approval_id, body.decision, body.comment)
