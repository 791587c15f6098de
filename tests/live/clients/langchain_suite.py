"""LangChain's standard tests of a chat model, against the running system; ``test_clients.py`` runs it where LangChain is installed."""

import os
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_openai import ChatOpenAI
from langchain_tests.integration_tests import ChatModelIntegrationTests


class TestMaru(ChatModelIntegrationTests):  # type: ignore[misc]  # its types are there only where it runs
    """The model ``scripted``, set up as any model of an OpenAI-compatible server is."""

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        """LangChain's client."""
        return ChatOpenAI  # type: ignore[no-any-return]

    @property
    def chat_model_params(self) -> dict[str, Any]:
        """Where Maru is."""
        access = {"base_url": os.environ["MARU_URL"] + "/v1", "api_key": os.environ["MARU_API_KEY"]}
        return {"model": "scripted", "stream_usage": True, **access}

    @property
    def supports_json_mode(self) -> bool:
        """It does."""
        return True

    @property
    def model_override_value(self) -> str:
        """The alias that a call names by itself."""
        return "scripted"
