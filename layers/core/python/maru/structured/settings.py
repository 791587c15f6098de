"""What a function that reads views must be told."""

from pydantic import Field

from maru.settings import Settings


class DataSettings(Settings):
    """Where the company's replica is; nowhere where ``data_url`` is absent.

    ``data_url`` is ``postgresql://role@host:port/database?sslmode=verify-full``; ``data_secret`` the ARN of the secret that holds the
    password, as it is or as ``password`` of a JSON object.
    """

    catalogue: str = Field(min_length=1)
    data_url: str | None = None
    data_secret: str | None = None
