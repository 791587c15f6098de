"""What callers send as JSON, and operators write as YAML, is read as it is: no value is taken for one of another type."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

T = TypeVar("T")
#: JSON has lists alone.
Several = Annotated[tuple[T, ...], Field(strict=False)]


def integral(value: Any) -> Any:
    """JSON knows one kind of number, and some clients write 5 as 5.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


#: For a single field, where the model is read too often to look at all of them.
WHOLE = BeforeValidator(integral)


class Exact(BaseModel):
    """Its fields take their own type alone (``"yes"``, ``"5"`` and 1 are no booleans, ``"5"`` and ``true`` no numbers), and what is
    unknown is refused by name. A field that is a tuple is :data:`Several`.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _integral(cls, given: Any) -> Any:
        return {name: integral(value) for name, value in given.items()} if isinstance(given, dict) else given
