"""What a function that lets agents answer must be told."""

from maru.knowledge.library import SearchSettings


class AgentSettings(SearchSettings):
    """Tables of agents, sessions and feedback; ``catalogue`` also holds ``prompts/``."""

    agents_table: str
    sessions_table: str
    feedback_table: str
