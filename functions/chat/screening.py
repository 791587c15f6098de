"""The guard of one chat completion: opened before the model is asked, its refusal in the model's place."""

import json
import time
from functools import partial
from typing import Any

from starlette.responses import Response

from maru.guard.completions import POLICY, Screen
from maru.guard.engine import Guard
from maru.guard.policies import KEPT, PolicyStore
from maru.guard.screened import ScreenedStream, refusing
from maru.identity import Caller
from maru.ids import new_id
from maru.models import ModelStream
from maru.models.requests import ChatRequest
from maru.once import Once

#: Seconds after which a policy is read anew while it still holds.
_AGING = 0.6 * KEPT


class Screening:
    """Opens screens."""

    def __init__(self, guard: Guard, policies: PolicyStore) -> None:
        self._guard, self._policies, self._reads = guard, policies, Once()

    async def open(self, caller: Caller, body: ChatRequest) -> tuple[Screen, dict[str, Any]]:
        """The screen, and the request as the model may see it; raises BadRequest for a ``moderation`` that is not OpenAI's."""
        policy, read = self._policies.kept(caller.tenant, POLICY), partial(self._policies.renew, caller.tenant, POLICY)
        if policy is None:
            policy = await self._reads.read(caller.tenant, read)
        else:
            self._reads.ahead(caller.tenant, read, after=_AGING)
        screen = Screen(self._guard, policy, body.moderation)
        return screen, await screen.request(body.wire())


def refusal(screen: Screen, alias: str, *, stream: bool) -> Response:
    """The answer that says no, in the form that was asked for."""
    id_, now = new_id("chatcmpl-"), int(time.time())
    if stream:
        return Response(refusing(screen, alias, id_, now), media_type="text/event-stream")
    return Response(json.dumps(screen.refused(alias, id_, now), ensure_ascii=False), media_type="application/json")


def screened(stream: ModelStream, screen: Screen) -> ModelStream:
    """The stream behind the guard; itself where the guard has nothing to do."""
    return stream if screen.idle else ScreenedStream(stream, screen)  # type: ignore[return-value]  # it gives what the relay asks of one
