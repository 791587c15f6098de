"""What the triggers function needs: chains and their runs, the S3 door's events, and the queue of start events."""

from pydantic import Field

from maru.chains.settings import ChainSettings


class Settings(ChainSettings):
    """Settings of the triggers function; ``event_tenants`` maps sources of AWS's events to the tenant that they concern."""

    function: str
    catalogue: str
    tenants_table: str
    chains_table: str
    chain_triggers_table: str
    shipped_machines: dict[str, str] = Field(default={})
    door_bucket: str
    start_queue_url: str
    start_dead_url: str
    event_tenants: dict[str, str] = Field(default={})
