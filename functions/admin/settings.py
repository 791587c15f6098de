"""What the admin function needs beyond the common settings: nothing."""

from maru.http import HttpSettings


class Settings(HttpSettings):
    """Settings of the admin function."""
