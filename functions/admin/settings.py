"""What the admin function needs beyond the common settings."""

from maru.http import HttpSettings


class Settings(HttpSettings):
    """Settings of the admin function."""

    budgets_table: str
