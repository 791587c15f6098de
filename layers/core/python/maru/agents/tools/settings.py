"""What marks a function that tools may call; infra offers it to them under its folder's name."""

from maru.settings import Settings


class ToolSettings(Settings):
    """Settings of a function that agents call as a tool: it gets ``{tool, arguments, tenant, user}`` and gives JSON."""

    function: str
