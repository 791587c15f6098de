"""The sample tool in the whole system: the model calls it, a Lambda function of the deployment answers, without any network."""

import json

import pytest

from tests.engines.maru import Maru
from tests.live.test_every_route import call

pytestmark = pytest.mark.live


def test_the_weather_is_looked_up_by_its_own_function(maru: Maru) -> None:
    key = maru.run["api_key"]
    made, answer = call(maru.url, "POST", "/v1/agents", key, {"name": "weather-live", "model": "scripted", "tools": ["weather"]})
    assert made == 200, answer
    script = 'call: weather {"city": "제주", "month": 8}\nthen:\nsay: {results}'
    status, answer = call(maru.url, "POST", "/v1/agents/weather-live/chat", key, {"message": script})
    assert status == 200, answer
    (told,) = answer["tool_calls"]
    assert (told["name"], told["status"]) == ("weather", "ok")
    result = json.loads(answer["response"])
    assert (result["city"], result["month"]) == ("Jeju", 8)
    assert result["mean_celsius"] > 20
