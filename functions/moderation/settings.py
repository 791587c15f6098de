"""What the moderation function needs beyond the common settings."""

from maru.http import HttpSettings


class Settings(HttpSettings):
    """Settings of the moderation function; ``catalogue`` holds ``policies/``."""

    catalogue: str
    policies_table: str
