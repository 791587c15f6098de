"""The settings' way through an environment."""

from decimal import Decimal
from pathlib import Path

import pytest

from maru.models import ModelSettings, Timeouts
from maru.settings import Settings, SettingsError

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


class Tabled(Settings):
    files_table: str
    vector_store_files_table: str
    other_table: str
    rate: Decimal


def test_tables_called_by_their_stores_share_one_variable_and_money_keeps_its_digits() -> None:
    made = Tabled(
        files_table="maru-x-files", vector_store_files_table="maru-x-vector_store_files", other_table="mine", rate=Decimal("1390.10")
    )
    env = made.to_env()
    assert env == {"TABLE_PREFIX": "maru-x-", "OTHER_TABLE": "mine", "RATE": '"1390.10"'}
    assert Tabled.from_env(env) == made
    with pytest.raises(SettingsError, match=r"FILES_TABLE.*VECTOR_STORE_FILES_TABLE"):
        Tabled.from_env({"OTHER_TABLE": "mine", "RATE": "1", "TABLE_PREFIX": " "})


def test_the_catalogue_has_no_default() -> None:
    with pytest.raises(SettingsError, match="CATALOGUE"):
        ModelSettings.from_env({})
