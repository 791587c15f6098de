"""How an engine builds the graph that it searches vectors with: settings that buy recall or speed, or save memory."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class IndexOptions(BaseModel):
    """HNSW (Malkov and Yashunin, 2018) and quantisation; `bench/engines_graphs.py` prints the recall that each choice costs.

    ``m`` is how many neighbours a node keeps, ``ef_construction`` how many candidates are looked at when a row is added, ``ef_search``
    at least how many when it is searched for. ``quantisation`` ``scalar`` keeps the graph's vectors in fewer bits: 7 on OpenSearch, 16
    on PostgreSQL; scores are exact all the same on PostgreSQL. Engines that are exact (SQLite) or build their index themselves
    (Pinecone, S3 Vectors) take the defaults only. Changed options hold for indexes that are made from then on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    m: int = Field(default=16, ge=2, le=100)
    ef_construction: int = Field(default=128, ge=4, le=1000)
    ef_search: int = Field(default=100, ge=10, le=1000)
    quantisation: Literal["none", "scalar"] = "none"


DEFAULTS = IndexOptions()
