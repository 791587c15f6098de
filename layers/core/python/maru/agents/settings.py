"""What a function that lets agents answer must be told."""

from pydantic import Field

from maru.knowledge.library import SearchSettings
from maru.structured.settings import DataSettings


class AgentSettings(SearchSettings, DataSettings):
    """Tables of agents, sessions, feedback and policies; ``catalogue`` also holds ``prompts/`` and ``policies/``.

    ``guard_key`` is the KMS key under which sessions keep what the guard hid. ``tool_functions`` are the Lambda functions that tools
    may call, by the name that the deployment gives them.
    """

    agents_table: str
    sessions_table: str
    feedback_table: str
    lineage_table: str
    questions_table: str
    retention_table: str
    policies_table: str
    guard_key: str
    tools_table: str
    tool_approvals_table: str
    tool_functions: dict[str, str] = Field(default={})
