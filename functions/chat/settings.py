"""What the chat function needs beyond the common settings."""

from maru.agents.settings import AgentSettings
from maru.cache.settings import CacheSettings
from maru.http import HttpSettings


class Settings(HttpSettings, AgentSettings, CacheSettings):
    """Settings of the chat function."""

    completions_table: str
    incidents_table: str
    prompts_table: str
    alert_topic_arn: str | None = None
    health_table: str
