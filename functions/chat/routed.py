"""The headers with which a caller says where a request may go."""

from typing import Annotated

from fastapi import Header

from maru.models.rules import Preference

type Private = Annotated[bool | None, Header(alias="x-maru-private", description="true: private targets only may see the request")]
type Prefer = Annotated[Preference | None, Header(alias="x-maru-prefer", description="what `auto` weighs more: cost or quality")]
