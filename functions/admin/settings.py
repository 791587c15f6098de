"""What the admin function needs beyond the common settings."""

from decimal import Decimal

from pydantic import Field

from maru.http import HttpSettings
from maru.ledger.settings import LedgerSettings


class Settings(HttpSettings, LedgerSettings):
    """Settings of the admin function; statements also tell their sums in ``second_currency``, at the operator's rate for one USD."""

    second_currency: str | None = Field(default=None, pattern="^[A-Z]{3}$")
    second_currency_rate: Decimal | None = Field(default=None, gt=0)
