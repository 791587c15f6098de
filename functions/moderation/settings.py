"""What the moderation function needs beyond the common settings."""

from maru.http import HttpSettings


class Settings(HttpSettings):
    """Settings of the moderation function; ``catalogue`` holds ``policies/``, ``guard_key`` opens samples of incidents."""

    catalogue: str
    policies_table: str
    incidents_table: str
    guard_key: str
