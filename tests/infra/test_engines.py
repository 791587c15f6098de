"""What each choice of engine puts into the template: the domain with its care, a vector bucket, or secrets of engines elsewhere."""

import json
from typing import Any

import pytest

from infra.app import ContextError, new_app, stage_of
from infra.models import IN_TREE
from maru.models.catalogue import Catalogue
from tests.infra.conftest import Synthesise
from tests.infra.templates import functions, listed, plain, policies, resources, statements

type Template = dict[str, Any]

SECRET = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:company-AbCdEf"
FURTHER = json.dumps(
    {
        "company": {"kind": "postgres", "location": "postgresql://maru@db.example.org/maru?sslmode=verify-full", "secret": SECRET},
        "archive": {"kind": "s3vectors", "location": "company-archive"},
    }
)


def test_s3_vectors_deploys_without_a_domain(synthesise: Synthesise) -> None:
    template = synthesise(stage="prod", vector_store="s3vectors")
    assert not resources(template, "AWS::OpenSearchService::Domain")
    ((name, bucket),) = resources(template, "AWS::S3Vectors::VectorBucket").items()
    assert bucket["EncryptionConfiguration"]["SseType"] == "AES256"
    assert template["Resources"][name]["DeletionPolicy"] == "Retain"
    for function in ("chat", "knowledge", "ingest"):
        variables = functions(template)[function]["Environment"]["Variables"]
        assert variables["VECTOR_STORE"] == "s3vectors"
        assert variables["VECTOR_STORE_LOCATION"] == bucket["VectorBucketName"] == "maru-prod-vectors"
    granted = [one for one in statements(template) if "s3vectors:QueryVectors" in listed(one["Action"])]
    assert len(granted) == 4, "chat, knowledge, ingest and the steps of chains"
    assert all("bucket/maru-prod-vectors" in json.dumps(one["Resource"]) and "*" not in listed(one["Resource"]) for one in granted)


def test_engines_elsewhere_are_told_to_functions_and_their_secrets_granted(synthesise: Synthesise) -> None:
    template = synthesise(stage="dev", vector_store="none", vector_engines=FURTHER)
    for function in ("chat", "knowledge", "ingest"):
        told = json.loads(plain(functions(template)[function]["Environment"]["Variables"]["VECTOR_ENGINES"]))
        assert told["company"]["secret"] == SECRET
        assert set(told) == {"company", "archive"}
    assert "VECTOR_ENGINES" not in functions(template)["admin"]["Environment"]["Variables"]
    readers = [one for one in statements(template) if SECRET in listed(one["Resource"])]
    assert [listed(one["Action"]) for one in readers] == [["secretsmanager:GetSecretValue"]] * 4
    assert len([one for one in statements(template) if "bucket/company-archive/index/*" in json.dumps(one["Resource"])]) == 4


def test_the_domain_may_be_built_otherwise_and_is_looked_after(synthesise: Synthesise) -> None:
    options = json.dumps({"m": 32, "quantisation": "scalar"})
    template = synthesise(stage="dev", vector_store="opensearch", vector_options=options)
    told = json.loads(plain(functions(template)["ingest"]["Environment"]["Variables"]["VECTOR_OPTIONS"]))
    assert (told["m"], told["quantisation"], told["ef_search"]) == (32, "scalar", 100)
    (domain,) = resources(template, "AWS::OpenSearchService::Domain").values()
    (statement,) = domain["AccessPolicies"]["Statement"]
    assert statement["Principal"] != "*"
    assert all(action.startswith("es:ESHttp") and "*" not in action for action in listed(statement["Action"]))
    passed = [one for one in statements(template) if listed(one["Action"]) == ["iam:PassRole"] and "states.amazonaws.com" not in str(one)]
    assert len(passed) == 1, "only ingestion hands the domain its role"
    roles = {name for name in resources(template, "AWS::IAM::Role") if name.startswith("SearchSnapshotRole")}
    assert any(name in json.dumps(passed[0]["Resource"]) for name in roles)
    snapshots = next(name for name in resources(template, "AWS::S3::Bucket") if name.startswith("SearchSnapshots"))
    assert template["Resources"][snapshots]["DeletionPolicy"] == "Retain"
    variables = functions(template)["ingest"]["Environment"]["Variables"]
    assert snapshots in json.dumps(variables["SNAPSHOT_BUCKET"])


@pytest.mark.parametrize(
    ("context", "named"),
    [
        ({"vector_engines": "{"}, "JSON"),
        ({"vector_engines": "[]"}, "JSON object"),
        ({"vector_engines": '{"x": {"kind": "postgres"}}'}, "location"),
        ({"vector_engines": '{"x": {"kind": "sqlite", "location": "/tmp/x"}}'}, "sqlite"),
        ({"vector_engines": '{"x": {"kind": "pinecone", "location": "aws/us-east-1"}}'}, "secret"),
        ({"vector_engines": '{"x": {"kind": "pinecone", "location": "aws/us-east-1", "secret": "pc-key"}}'}, "ARN"),
        ({"vector_options": '{"m": 1}'}, "m:"),
    ],
)
def test_engines_that_cannot_work_are_refused_at_synth_by_name(context: dict[str, str], named: str) -> None:
    with pytest.raises(ContextError, match=named) as refused:
        stage_of(new_app(vector_store="opensearch", **context))
    assert "pc-key" not in str(refused.value)


def test_rebuilds_run_in_a_machine_that_only_calls_the_worker(synthesise: Synthesise) -> None:
    template = synthesise(stage="dev", vector_store="opensearch")
    machines = {name: one for name, one in resources(template, "AWS::StepFunctions::StateMachine").items() if name.startswith("Rebuild")}
    ((name, machine),) = machines.items()
    states = json.loads(plain(machine["DefinitionString"]))["States"]
    assert states["Step"]["Catch"][0]["Next"] == "Fail"
    assert states["HowFar"]["Choices"][1]["Next"] == "Linger"
    called = {one["Parameters"]["FunctionName"] for one in states.values() if one["Type"] == "Task"}
    assert len(called) == 1
    starters = [one for one in statements(template) if name in json.dumps(one["Resource"])]
    assert [listed(one["Action"]) for one in starters] == [["states:StartExecution"]]
    assert name in json.dumps(functions(template)["knowledge"]["Environment"]["Variables"]["REBUILD_MACHINE_ARN"])


def test_functions_that_ask_models_may_rerank_with_bedrock(synthesise: Synthesise) -> None:
    template = synthesise(stage="dev", vector_store="none")
    granted = [one for one in statements(template) if "bedrock:Rerank" in listed(one["Action"])]
    invoked = [one for one in statements(template) if "bedrock:InvokeModel" in listed(one["Action"])]
    assert len(granted) == len(invoked) > 0
    assert all("foundation-model/cohere.rerank-v3-5:0" in json.dumps(one["Resource"]) for one in invoked)
    served = synthesise(stage="dev", vector_store="none", rerank_url="https://rank.example.org/v1")
    assert "bedrock:Rerank" not in json.dumps(statements(served)), "a reranking server of one's own stands before"


@pytest.mark.parametrize(("ocr", "action"), [("textract", "textract:AnalyzeDocument"), ("textract-text", "textract:DetectDocumentText")])
def test_scanned_pages_go_to_textract_by_setting(synthesise: Synthesise, ocr: str, action: str) -> None:
    template = synthesise(stage="dev", vector_store="none", ocr=ocr)
    assert functions(template)["ingest"]["Environment"]["Variables"]["OCR"] == ocr
    granting = [policy for policy in policies(template) if "textract:" in json.dumps(policy)]
    assert [one["Roles"][0]["Ref"] for one in granting] == [functions(template)["ingest"]["Role"]["Fn::GetAtt"][0]], "ingestion alone"
    allowed = {name for policy in granting for one in policy["PolicyDocument"]["Statement"] for name in listed(one["Action"])}
    assert {name for name in allowed if name.startswith("textract:")} == {action}
    invoked = [one for one in statements(template) if "bedrock:InvokeModel" in listed(one["Action"])]
    assert "Document" not in json.dumps([one["Resource"] for one in invoked]), "a page's price names no model of Bedrock"
    values = json.loads(functions(template)["ingest"]["Environment"]["Variables"]["MODEL_VALUES"])
    page = Catalogue.load(IN_TREE / "models.yaml", values).demand(ocr).targets[0].price
    assert page is not None
    assert page.page, "the catalogue has the price"


def test_a_layer_brings_tesseract_to_ingestion_alone(synthesise: Synthesise) -> None:
    layer = "arn:aws:lambda:ap-northeast-2:123456789012:layer:tesseract-arm64:3"
    found = functions(synthesise(stage="dev", vector_store="none", ocr_layer=layer))
    assert {name for name, one in found.items() if layer in one["Layers"]} == {"ingest"}
    assert {name for name, one in found.items() if "TESSDATA_PREFIX" in one["Environment"]["Variables"]} == {"ingest"}
    with pytest.raises(ContextError, match="ocr_layer"):
        stage_of(new_app(stage="dev", vector_store="none", ocr_layer="tesseract"))


def test_hosts_of_sources_that_match_no_address_are_refused() -> None:
    stage = stage_of(new_app(stage="dev", vector_store="none", source_hosts="wiki.corp *.corp git.corp:8443"))
    assert stage.source_hosts == ("wiki.corp", "*.corp", "git.corp:8443")
    with pytest.raises(ContextError, match=r"'source_hosts' holds 'https://git.corp/'; give hosts"):
        stage_of(new_app(stage="dev", vector_store="none", source_hosts="wiki.corp https://git.corp/"))


def test_events_of_services_are_given_to_tenants(synthesise: Synthesise) -> None:
    on = synthesise(stage="dev", vector_store="none", event_tenants="aws.guardduty=secops aws.securityhub=secops")
    (rule,) = (one for one in resources(on, "AWS::Events::Rule").values() if "AWS's services" in one["Description"])
    assert rule["EventPattern"] == {"source": ["aws.guardduty", "aws.securityhub"]}
    told = functions(on)["triggers"]["Environment"]["Variables"]["EVENT_TENANTS"]
    assert json.loads(told) == {"aws.guardduty": "secops", "aws.securityhub": "secops"}
    for wrong in ("aws.guardduty", "aws.guardduty=", "=secops"):
        with pytest.raises(ContextError, match="event_tenants"):
            stage_of(new_app(stage="dev", vector_store="none", event_tenants=wrong))


def test_textract_is_not_granted_where_nobody_chose_it(synthesise: Synthesise) -> None:
    assert "textract" not in json.dumps(statements(synthesise(stage="dev", vector_store="none")))
    with pytest.raises(ContextError, match="ocr"):
        stage_of(new_app(stage="dev", vector_store="none", ocr="tesserakt"))


def test_very_large_documents_run_in_a_machine_that_only_calls_the_worker(synthesise: Synthesise) -> None:
    template = synthesise(stage="dev", vector_store="none", large_document_mib="8")
    machines = resources(template, "AWS::StepFunctions::StateMachine")
    (machine,) = (one for one in machines.values() if one.get("StateMachineName") == "large-maru-dev")
    (role,) = machine["RoleArn"]["Fn::GetAtt"][:1]
    allowed = [one for policy in policies(template) if policy["Roles"] == [{"Ref": role}] for one in policy["PolicyDocument"]["Statement"]]
    assert "lambda:InvokeFunction" in {action for one in allowed for action in listed(one["Action"])}
    assert {action.partition(":")[0] for one in allowed for action in listed(one["Action"])} <= {"lambda", "logs", "xray"}
    variables = functions(template)["ingest"]["Environment"]["Variables"]
    assert plain(variables["LARGE_MACHINE_ARN"]).endswith(":stateMachine:large-maru-dev")
    assert variables["LARGE_DOCUMENT_BYTES"] == str(8 * 1024 * 1024)
    starters = [one for one in statements(template) if "stateMachine:large-maru-dev" in json.dumps(one["Resource"])]
    assert [listed(one["Action"]) for one in starters] == [["states:StartExecution"]]
    for wrong in ("0", "many"):
        with pytest.raises(ContextError, match="large_document_mib"):
            stage_of(new_app(stage="dev", vector_store="none", large_document_mib=wrong))
