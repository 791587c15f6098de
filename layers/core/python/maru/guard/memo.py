"""What checks found in texts that come again and again; of the texts themselves only digests are kept."""

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from maru.guard.check import Place
from maru.guard.decision import Found
from maru.guard.policy import Policy

_MOST, _POLICIES = 2_000, 100

type Look = Callable[[str, Place, Policy, Sequence[str]], Awaitable[Found]]


class Memo:
    """The last findings by text, place and policy; a check that gave no answer is asked anew."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, Found] = OrderedDict()
        #: Policies with their digests, by identity: held here, so that no other takes its place.
        self._digests: OrderedDict[int, tuple[Policy, str]] = OrderedDict()

    async def get(self, text: str, place: Place, policy: Policy, names: Sequence[str], look: Look) -> Found:
        """What ``look`` gives for the text, or gave for the same."""
        key = hashlib.sha256("\0".join((self._digest(policy), place, *names, text)).encode("utf-8", "surrogatepass")).digest()
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        found = await look(text, place, policy, names)
        if not found.failed:
            self._kept[key] = found
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return found

    def _digest(self, policy: Policy) -> str:
        held = self._digests.get(id(policy))
        if held is None:
            held = self._digests[id(policy)] = policy, hashlib.sha256(policy.model_dump_json().encode()).hexdigest()
            while len(self._digests) > _POLICIES:
                self._digests.popitem(last=False)
        return held[1]
