"""Which model servers a local run uses: those the environment names, those listening nearby, the bundled one."""

import json
import os
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

#: The parameters of the local stack, by the environment variable that fills each.
_VARIABLES = {
    "ModelUrl": "MARU_MODEL_URL",
    "ModelName": "MARU_MODEL_NAME",
    "ModelKey": "MARU_MODEL_KEY",
    "EmbedUrl": "MARU_EMBED_URL",
    "EmbedName": "MARU_EMBED_NAME",
    "EmbedKey": "MARU_EMBED_KEY",
    "EmbedDimensions": "MARU_EMBED_DIMENSIONS",
    "RerankUrl": "MARU_RERANK_URL",
    "RerankName": "MARU_RERANK_NAME",
    "RerankKey": "MARU_RERANK_KEY",
    "OpenaiApiKey": "OPENAI_API_KEY",
    "AnthropicApiKey": "ANTHROPIC_API_KEY",
    "GeminiApiKey": "GEMINI_API_KEY",
}
_USUAL = {"Ollama": 11434, "vLLM": 8000, "llama.cpp": 8080, "LM Studio": 1234}


@dataclass(frozen=True)
class Found:
    """A model server on this machine that answers like OpenAI's."""

    name: str
    url: str
    models: tuple[str, ...]


def parameters(environ: Mapping[str, str]) -> dict[str, str]:
    """What the environment says about models, as parameters of the local stack."""
    return {parameter: environ.get(variable, "") for parameter, variable in _VARIABLES.items()}


def environment(root: Path) -> dict[str, str]:
    """The process's environment over the lines of `.env`, where keys of providers may be kept."""
    return {**_dotenv(root / ".env"), **os.environ}


def nearby(*, but: int) -> list[Found]:
    """Servers on the usual ports, our own port left out."""
    found = (_ask(name, port) for name, port in _USUAL.items() if port != but)
    return [server for server in found if server]


def _ask(name: str, port: int) -> Found | None:
    url = f"http://127.0.0.1:{port}/v1"
    try:
        with urllib.request.urlopen(f"{url}/models", timeout=0.3) as answer:
            models = tuple(str(model["id"]) for model in json.load(answer)["data"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Found(name, url, models)


def _dotenv(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip().removeprefix("export "): value.strip().strip("'\"") for name, _, value in pairs}
