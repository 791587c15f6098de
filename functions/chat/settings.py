"""What the chat function needs beyond the common settings."""

from maru.http import HttpSettings
from maru.models import ModelSettings


class Settings(HttpSettings, ModelSettings):
    """Settings of the chat function."""
