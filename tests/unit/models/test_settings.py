"""The settings' way through an environment."""

from pathlib import Path

import pytest

from maru.models import ModelSettings, Timeouts
from maru.settings import SettingsError

SHIPPED = str(Path(__file__).parents[3] / "catalogue")


def test_settings_travel_through_the_environment() -> None:
    made = ModelSettings(
        catalogue=SHIPPED,
        model_values={"LOCAL_URL": "http://127.0.0.1:1/v1", "MODEL_URL": "", "EMBED_URL": "-"},
        model_keys={"OPENAI_API_KEY": "sk-secret"},
        model_timeouts=Timeouts(between=7),
    )
    read = ModelSettings.from_env(made.to_env())
    assert read == made
    assert read.model_values == {"LOCAL_URL": "http://127.0.0.1:1/v1"}
    assert read.model_timeouts.between == 7
    assert "sk-secret" not in repr(read)
    assert read.models().demand("default").targets[0].model == "reader"
    assert read.models().get("gpt-4.1-mini")


def test_keys_of_a_secret_are_known_by_name_without_reading_it() -> None:
    named = ModelSettings(catalogue=SHIPPED, model_keys_secret="arn:keys", model_key_names=("OPENAI_API_KEY",))
    assert named.models().get("gpt-4.1-mini")
    assert ModelSettings(catalogue=SHIPPED, model_key_names=("OPENAI_API_KEY",)).models().get("gpt-4.1-mini") is None


def test_the_catalogue_has_no_default() -> None:
    with pytest.raises(SettingsError, match="CATALOGUE"):
        ModelSettings.from_env({})
