"""How a process that serves waits for itself: for garbage seldom, and not where it knows that none is; for its threads briefly."""

import gc
import sys

#: New objects that outlive their making, before the young ones are looked through: more than the requests under way hold at once.
#: Requests leave nothing that only this search finds; Python's own threshold makes them pay a twelfth of their time for it.
_NEW_OBJECTS = 20_000
#: A thread that computes beside the event loop (a reading of boto3 takes some milliseconds) gives way after so long, not after 5 ms.
_SWITCH_SECONDS = 0.0005


def settle() -> None:
    """Once the application is made: what is there now stays, and to look through all of it takes a tenth of a second, in which nobody
    is served.
    """
    gc.freeze()
    _, middle, old = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, middle, old)
    sys.setswitchinterval(_SWITCH_SECONDS)
