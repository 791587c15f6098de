"""What the knowledge function needs beyond the common settings: the document side."""

from maru.http import HttpSettings
from maru.knowledge.library import LibrarySettings


class Settings(HttpSettings, LibrarySettings):
    """Settings of the knowledge function."""
