"""Further engines of a local run: functions read where they are, and the embedded Secrets Manager keeps their keys."""

import json

import boto3

from local.vector_engines import kept, parsed
from maru.knowledge.engines import EngineSettings
from tests.conftest import REGION


def test_keys_stand_in_secrets_alone_and_a_later_start_changes_them(aws: None) -> None:
    del aws
    secrets = boto3.client("secretsmanager", region_name=REGION)
    for key in ("sesame", "open"):
        cloud = {"kind": "chroma", "location": "https://chroma.corp", "secret": key}
        setting = kept(parsed(json.dumps({"cloud": cloud, "own": {"kind": "chroma", "location": "http://127.0.0.1:8000"}})), secrets)
        assert key not in setting
        read = {name: EngineSettings.model_validate(one) for name, one in json.loads(setting).items()}
        assert read["own"].secret is None
        assert secrets.get_secret_value(SecretId=read["cloud"].secret or "")["SecretString"] == key


def test_nothing_named_is_no_engine() -> None:
    assert kept(parsed(""), None) == "{}"
