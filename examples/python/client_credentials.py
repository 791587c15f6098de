"""A service calls with OAuth 2.0 client credentials; its token is renewed before it expires.

Needs `pip install openai`, MARU_URL, MARU_TOKEN_URL, MARU_CLIENT_ID and MARU_CLIENT_SECRET (`make run` writes them into `.maru/run.json`).
"""

import base64
import json
import os
import time
import urllib.parse
import urllib.request
from collections.abc import Callable

from openai import OpenAI

#: A token is not used in its last minute: a request under way would outlive it.
EARLY_SECONDS = 60.0


class Token:
    """The current access token, asked for again shortly before it expires; call it for each request."""

    def __init__(self, url: str, client_id: str, client_secret: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._url, self._clock = url, clock
        self._basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        self._token, self._until = "", float("-inf")

    def __call__(self) -> str:
        """The token, valid for a minute at least."""
        if self._clock() >= self._until:
            self._token, seconds = self._ask()
            # A token that lives shorter than two minutes is used for half of its time.
            self._until = self._clock() + max(seconds - EARLY_SECONDS, seconds / 2)
        return self._token

    def _ask(self) -> tuple[str, float]:
        form = urllib.parse.urlencode({"grant_type": "client_credentials"}).encode()
        headers = {"Authorization": f"Basic {self._basic}", "Content-Type": "application/x-www-form-urlencoded"}
        with urllib.request.urlopen(urllib.request.Request(self._url, form, headers), timeout=10) as answer:
            granted = json.load(answer)
        return granted["access_token"], granted["expires_in"]


def main() -> None:
    """Call twice; the second call uses the same token."""
    token = Token(os.environ["MARU_TOKEN_URL"], os.environ["MARU_CLIENT_ID"], os.environ["MARU_CLIENT_SECRET"])
    # The client asks for the key before every request.
    client = OpenAI(base_url=os.environ["MARU_URL"] + "/v1", api_key=token)
    print(*(model.id for model in client.models.list()))
    answer = client.chat.completions.create(model="default", messages=[{"role": "user", "content": "안녕하세요"}])
    print(answer.choices[0].message.content)


if __name__ == "__main__":
    main()
