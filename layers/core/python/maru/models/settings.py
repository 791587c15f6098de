"""What a function that talks to models must be told."""

import os.path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from maru.models.catalogue import Catalogue
from maru.settings import Settings

#: What stands for "nothing" where an empty string cannot be given (CloudFormation's parameters).
_NOTHING = {"", "-"}


class Timeouts(BaseModel):
    """Seconds: to connect, to the first byte of a stream, between its parts, and for an answer that is not streamed."""

    model_config = ConfigDict(frozen=True)

    connect: float = 5
    first_byte: float = 120
    between: float = 60
    whole: float = 600


def _present(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value.strip() not in _NOTHING}


type Values = Annotated[dict[str, str], AfterValidator(_present)]


class ModelSettings(Settings):
    """A part of a function's settings: ``class Settings(HttpSettings, ModelSettings)``.

    ``catalogue`` is the folder that holds ``models.yaml``. ``model_values`` fill its ``${NAME}``; empty ones and ``-`` count as
    absent. ``model_entries`` stand before the catalogue's own. Keys by name: ``model_keys`` (one machine), or those of
    ``model_key_names`` inside ``model_keys_secret``, a secret of Secrets Manager that holds a JSON object from name to key (AWS).
    """

    catalogue: str = Field(min_length=1)
    model_values: Values = Field(default={})
    model_entries: tuple[dict[str, Any], ...] = ()
    model_keys: Values = Field(default={}, repr=False)
    model_keys_secret: str | None = None
    model_key_names: tuple[str, ...] = ()
    model_timeouts: Timeouts = Timeouts()

    def models(self) -> Catalogue:
        """The catalogue as it holds here; raises ``CatalogueError``."""
        names = frozenset(self.model_keys) | frozenset(self.model_key_names if self.model_keys_secret else ())
        path = os.path.join(self.catalogue, "models.yaml")  # noqa: PTH118 - a plain string
        return Catalogue.load(path, self.model_values, names, more=self.model_entries)
