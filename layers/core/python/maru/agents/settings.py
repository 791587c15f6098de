"""What a function that lets agents answer must be told."""

from maru.knowledge.library import SearchSettings


class AgentSettings(SearchSettings):
    """Tables of agents, sessions, feedback and policies; ``catalogue`` also holds ``prompts/`` and ``policies/``.

    ``guard_key`` is the KMS key under which sessions keep what the guard hid.
    """

    agents_table: str
    sessions_table: str
    feedback_table: str
    policies_table: str
    guard_key: str
