"""Which model servers a local run is told to use."""

from pathlib import Path

import pytest

from infra import local_context
from local import model_servers


def test_the_environment_fills_parameters_of_the_local_stack() -> None:
    filled = model_servers.parameters({"MARU_MODEL_URL": "http://127.0.0.1:8000/v1", "MARU_MODEL_NAME": "qwen"})
    assert filled["ModelUrl"] == "http://127.0.0.1:8000/v1"
    assert filled["EmbedUrl"] == ""
    assert model_servers.parameters({"MARU_RERANK_URL": "http://127.0.0.1:7997"})["RerankUrl"] == "http://127.0.0.1:7997"
    assert set(filled) <= set(local_context.PARAMETERS)


def test_keys_may_stand_in_a_dotenv_file_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text('# keys\nexport OPENAI_API_KEY="sk-file"\nMARU_MODEL_NAME=file\n\n')
    monkeypatch.setenv("MARU_MODEL_NAME", "process")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    found = model_servers.environment(tmp_path)
    assert found["OPENAI_API_KEY"] == "sk-file"
    assert found["MARU_MODEL_NAME"] == "process"
