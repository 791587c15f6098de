"""How stages differ, and what a stage refuses to be synthesised without."""

from dataclasses import replace
from typing import Any

import pytest

from infra import ROOT, bundling, local_context, models
from infra.app import ContextError, new_app, stage_of
from infra.stages import dev as dev_stage
from tests.infra.conftest import Synthesise
from tests.infra.templates import functions, resources

type Template = dict[str, Any]


def test_search_exists_where_the_context_asks_for_it(synthesise: Synthesise) -> None:
    with_search = synthesise(stage="dev", vector_store="opensearch")
    (domain,) = resources(with_search, "AWS::OpenSearchService::Domain").values()
    assert domain["EncryptionAtRestOptions"]["Enabled"] is True
    assert domain["NodeToNodeEncryptionOptions"]["Enabled"] is True
    assert "VPCOptions" not in domain
    assert "root" in str(domain["AccessPolicies"])
    assert not resources(synthesise(stage="dev", vector_store="none"), "AWS::OpenSearchService::Domain")


def test_prod_keeps_its_data_and_dev_does_not(synthesise: Synthesise) -> None:
    kept = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Cognito::UserPool", "AWS::OpenSearchService::Domain"}
    for stage, policy in (("prod", "Retain"), ("dev", "Delete")):
        found = synthesise(stage=stage, vector_store="opensearch")["Resources"].items()
        # Snapshots outlive their domain on every stage: they are what is left when it was removed by mistake.
        assert {one["DeletionPolicy"] for name, one in found if one["Type"] in kept and "Snapshots" not in name} == {policy}


def test_the_local_template_is_that_of_dev_but_for_its_context(synthesise: Synthesise) -> None:
    local, cloud = synthesise(stage="local"), synthesise(stage="dev", vector_store="none")
    kinds = [sorted({one["Type"] for one in template["Resources"].values()}) for template in (local, cloud)]
    only_cloud = set(kinds[1]) - set(kinds[0])
    assert set(kinds[0]) <= set(kinds[1])
    # Versions and aliases of shipped chains' machines: the embedded AWS makes none by template, the local run does without.
    # One origin there is the HTTP process, and no gateway stands before it.
    only_cloud = {kind for kind in only_cloud if not kind.startswith("AWS::CloudFront::")} - {"AWS::ApiGateway::GatewayResponse"}
    assert only_cloud <= {"Custom::S3AutoDeleteObjects", "AWS::StepFunctions::StateMachineAlias", "AWS::StepFunctions::StateMachineVersion"}
    assert set(local["Parameters"]) - {"BootstrapVersion"} == set(local_context.PARAMETERS)
    for name, function in functions(local).items():
        assert "AWS_LWA_INVOKE_MODE" not in function["Environment"]["Variables"]
        assert set(function["Environment"]["Variables"]) <= {*functions(cloud)[name]["Environment"]["Variables"], *_LOCAL_SETTINGS}


_LOCAL_SETTINGS = {"CORS_ORIGINS", "DATA_URL", "VECTOR_STORE_LOCATION", "VECTOR_ENGINES", "MODEL_KEYS", "MODELS"}


@pytest.mark.parametrize(
    ("context", "named"),
    [
        ({"vector_store": ""}, "vector_store"),
        ({"vector_store": "sqlite"}, "sqlite"),
        ({"vector_store": "chroma"}, "chroma"),
        ({"stage": "staging"}, "staging"),
    ],
)
def test_a_context_that_is_missing_or_wrong_is_named(context: dict[str, str], named: str) -> None:
    with pytest.raises(ContextError, match=named):
        stage_of(new_app(**context))


def test_a_stage_without_a_model_or_an_embedder_is_refused_by_name() -> None:
    stage = replace(dev_stage(region="ap-northeast-2", vector_store="opensearch"), model_values={})
    with pytest.raises(models.MissingModel, match=r"'default'.*BEDROCK_REGION"):
        models.demand(stage)
    own_model = replace(stage, model_values={"MODEL_URL": "https://models.example.org/v1"})
    with pytest.raises(models.MissingModel, match="'embedding'"):
        models.demand(own_model)
    assert models.demand(replace(own_model, vector_store="none"))
    scans = replace(own_model, ocr="textract", model_values={**own_model.model_values, "EMBED_URL": "https://models.example.org/v1"})
    with pytest.raises(models.MissingModel, match=r"'textract'.*TEXTRACT_REGION"):
        models.demand(scans)


def test_bedrock_models_are_granted_one_by_one(dev: Template) -> None:
    invoked = [one for one in _statements(dev) if "bedrock:InvokeModel" in one["Action"]]
    assert invoked
    assert all("foundation-model/" in str(one["Resource"]) and "foundation-model/*" not in str(one["Resource"]) for one in invoked)


def _statements(template: Template) -> list[dict[str, Any]]:
    return [one for policy in resources(template, "AWS::IAM::Policy").values() for one in policy["PolicyDocument"]["Statement"]]


@pytest.mark.slow
def test_vendored_packages_are_bundled_for_the_other_architecture_with_lasting_bytecode(tmp_path: Any) -> None:
    assert bundling.VendorBundling(ROOT / "layers/vendor/requirements.txt", "arm64").try_bundle(str(tmp_path))
    extensions = list((tmp_path / "python").rglob("*.so"))
    assert extensions
    assert all("x86_64" not in path.name for path in extensions)
    size = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    assert size < 240_000_000, "Lambda takes 250 MB of a function and its layers, unpacked"
    compiled = next((tmp_path / "python" / "fastapi" / "__pycache__").glob("*.pyc")).read_bytes()
    assert int.from_bytes(compiled[4:8], "little") == 1  # PEP 552: hash-based and unchecked
