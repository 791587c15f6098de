"""What a function that talks to models must be told."""

from pydantic import BaseModel, ConfigDict, Field

from maru.models.catalogue import Catalogue


class Timeouts(BaseModel):
    """Seconds: to connect, to the first byte of a stream, between its parts, and for an answer that is not streamed."""

    model_config = ConfigDict(frozen=True)

    connect: float = 5
    first_byte: float = 120
    between: float = 60
    whole: float = 600


class ModelSettings(BaseModel):
    """One field ``models: ModelSettings`` of a function's settings.

    ``catalogue`` is the path of ``models.yaml``. ``values`` fill its ``${NAME}``. A key's name leads to its value in ``keys``
    (one machine) or to the name of a secret in Secrets Manager in ``secrets`` (AWS).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    catalogue: str = Field(min_length=1)
    values: dict[str, str] = {}
    keys: dict[str, str] = Field(default={}, repr=False)
    secrets: dict[str, str] = {}
    timeouts: Timeouts = Timeouts()

    def load(self) -> Catalogue:
        """The catalogue as it is here; raises ``CatalogueError``."""
        return Catalogue.load(self.catalogue, self.values, frozenset(name for name, key in self.keys.items() if key) | self.secrets.keys())
