"""What the chat function needs beyond the common settings."""

from maru.agents.settings import AgentSettings
from maru.http import HttpSettings


class Settings(HttpSettings, AgentSettings):
    """Settings of the chat function."""
