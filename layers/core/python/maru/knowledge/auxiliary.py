"""Models that help a search, which does without them where they fail: those that rank passages, and those that word questions anew."""

from maru.errors import MaruError, PayloadTooLarge
from maru.models.failures import Rejected
from maru.models.routing import PRIVATE


def dispensable(error: MaruError) -> bool:
    """Whether the search goes on without the model that failed so; what is the caller's own to mend stays an error.

    A request that the model's server finds wrong is Maru's, whose caller sent a search.
    """
    return error.status >= 500 or error.status == 429 or error.code == PRIVATE or isinstance(error, Rejected | PayloadTooLarge)
