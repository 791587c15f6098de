"""Settings for functions that are benched without the rest of Maru: every name of a resource is made up."""

from pathlib import Path
from typing import Any

from maru.settings import Settings

ROOT = Path(__file__).parents[1]
#: What a setting must really be; all other required ones are names.
_REAL: dict[str, Any] = {"catalogue": str(ROOT / "catalogue"), "vector_store": "none"}


def environment(settings: type[Settings], *, model_url: str) -> dict[str, str]:
    """The environment of a function whose models all stand at ``model_url``; AWS's region and keys are made up too."""
    required = {name: _REAL.get(name, "bench") for name, field in settings.model_fields.items() if field.is_required()}
    if "model_values" in settings.model_fields:
        required["model_values"] = {"LOCAL_URL": model_url}
    aws = {"AWS_DEFAULT_REGION": "ap-northeast-2", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    return settings(**required).to_env() | aws
