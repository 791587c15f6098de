"""What a function that spends must be told."""

from pydantic import Field

from maru.settings import Settings


class LedgerSettings(Settings):
    """Tables of budgets, rates and usage; ``catalogue`` is the folder that holds ``plans.yaml``."""

    catalogue: str = Field(min_length=1)
    budgets_table: str
    rates_table: str
    usage_table: str
