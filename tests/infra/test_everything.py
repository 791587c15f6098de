"""A stage with every option on: it synthesises, and each function's environment still fits into Lambda's."""

import io
import json
import re
from typing import Any

import pytest

from infra import discovery
from maru.governance.holdings import BUCKETS, BY_THEIR_OWN_RULES, EXEMPT, HELD, OTHER_PREFIXES, PLACES
from maru.guard.engine import Guard
from maru.guard.policy import parsed
from maru.telemetry import Telemetry
from tests.infra.conftest import Synthesise
from tests.infra.templates import functions, listed, policies, resources, statements

type Template = dict[str, Any]

REGION, ACCOUNT = "ap-northeast-2", "123456789012"
_SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:company-vectors-AbCdEf"
_FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"
_ENGINES = {
    "company": ("postgres", "postgresql://maru@company.cluster-abcdefghijkl.ap-northeast-2.rds.amazonaws.com/maru?sslmode=verify-full"),
    "serverless": ("pinecone", "https://company-abcdefg.svc.aped-4627-b74a.pinecone.io"),
    "archive": ("s3vectors", "company-archive-of-old-documents"),
}
EVERYTHING = {
    "region": REGION,
    "vector_engines": json.dumps({name: {"kind": kind, "location": place, "secret": _SECRET} for name, (kind, place) in _ENGINES.items()}),
    "vector_options": json.dumps({"m": 32, "ef_construction": 512, "ef_search": 400, "quantisation": "scalar"}),
    "model_keys": "OPENAI_API_KEY ANTHROPIC_API_KEY GEMINI_API_KEY COHERE_API_KEY",
    "rerank_url": "https://rerank.internal.example.com/v1",
    "rerank_name": "bge-reranker-v2-m3",
    "alarm_topic_arn": f"arn:aws:sns:{REGION}:{ACCOUNT}:company-platform-alarms",
    "cors_origins": "https://console.example.com https://applications.example.com https://intranet.example.com",
    "webhook_hosts": "hooks.example.com chat.example.com",
    "source_hosts": "wiki.example.com git.example.com *.intranet.example.com",
    "guardrail_arns": f"arn:aws:bedrock:{REGION}:{ACCOUNT}:guardrail/abcdefghijkl",
    "comprehend": "true",
    "ocr": "textract",
    "large_document_mib": "16",
    "web_acl_arn": f"arn:aws:wafv2:us-east-1:{ACCOUNT}:global/webacl/maru/a1b2c3d4-0000-0000-0000-000000000000",
    "tool_functions": f"crm={_FUNCTION}:company-crm erp={_FUNCTION}:company-erp",
    "second_currency": "KRW",
    "second_currency_rate": "1390.25",
    "gpu_endpoint": "qwen3-32b",
    "gpu_image_digest": "sha256:" + "a" * 64,
    "gpu_revision": "b" * 40,
}


@pytest.fixture(scope="module", params=["opensearch", "s3vectors"])
def everything(request: pytest.FixtureRequest, synthesise: Synthesise) -> Template:
    return synthesise(stage="prod", vector_store=request.param, **EVERYTHING)


def test_every_environment_fits_into_four_kilobytes(everything: Template) -> None:
    found = functions(everything)
    assert set(found) == {folder.name for folder in discovery.functions()}
    for name, function in found.items():
        variables = function["Environment"]["Variables"]
        size = sum(len(key) + len(deployed(everything, value).encode()) for key, value in variables.items())
        assert size <= 4096, (name, size)


def test_every_function_reads_back_what_infra_told_it(everything: Template) -> None:
    for folder in discovery.functions():
        variables = functions(everything)[folder.name]["Environment"]["Variables"]
        read = folder.settings.from_env({name: deployed(everything, value) for name, value in variables.items()}).model_dump()
        tables = {name: value for name, value in read.items() if name.endswith("_table")}
        assert tables == {name: f"maru-prod-{name.removesuffix('_table')}" for name in tables}


def test_whoever_applies_policies_may_ask_what_they_name(everything: Template) -> None:
    applying = {folder.name for folder in discovery.functions() if "policies_table" in folder.settings.model_fields}
    assert {"chat", "moderation", "chains", "step", "ingest"} <= applying
    for action in ("bedrock:ApplyGuardrail", "comprehend:DetectPiiEntities", "comprehend:DetectToxicContent"):
        assert allowed(everything, action) == applying


def allowed(template: Template, action: str) -> set[str]:
    """The functions whose role may do it."""
    roles = {
        policy["Roles"][0]["Ref"]
        for policy in policies(template)
        if any(action in listed(one["Action"]) for one in policy["PolicyDocument"]["Statement"])
    }
    return {name for name, function in functions(template).items() if function["Role"]["Fn::GetAtt"][0] in roles}


def deployed(template: Template, value: Any) -> str:
    """A value with its references as long as they are once they are deployed, in the longest form that such a reference has."""
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator).join(deployed(template, part) for part in parts)
    known = {"AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
    (name,) = [value["Ref"]] if "Ref" in value else value["Fn::GetAtt"][:1]
    if name in known:
        return known[name]
    kind = template["Resources"][name]["Type"]
    generated = f"maru-prod-{name}-ABCDEFGHIJKLM"
    if kind == "AWS::S3::Bucket" and "Ref" in value:
        return generated[:63].lower()
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{generated}"


def test_every_table_bucket_and_prefix_is_told_to_exports_and_erasures_or_exempt(everything: Template) -> None:
    tables = {table["TableName"].removeprefix("maru-prod-") for table in resources(everything, "AWS::DynamoDB::Table").values()}
    assert tables == {held.table for held in HELD} | set(BY_THEIR_OWN_RULES) | set(EXEMPT)
    buckets = resources(everything, "AWS::S3::Bucket")
    called = {part: next((bucket for bucket in buckets if part in bucket.lower()), None) for part in BUCKETS}
    assert {bucket for bucket in called.values() if bucket} == set(buckets)
    (own,) = (name for name in buckets if name.startswith("StorageOwn"))
    granted = re.findall(rf"'{own}', 'Arn'\]}}, '/([a-z]+)/\*'", str(statements(everything)))
    known = {place.partition("/")[0] for place in PLACES} | set(OTHER_PREFIXES)
    assert set(granted) == known


async def test_a_jump_of_blocks_is_told_by_the_metric_that_the_guard_writes(everything: Template) -> None:
    found = [one for one in resources(everything, "AWS::CloudWatch::Alarm").values() if "guard blocks" in one["AlarmDescription"]]
    (alarm,) = found
    assert alarm["AlarmActions"] == [EVERYTHING["alarm_topic_arn"]]
    assert (alarm["ComparisonOperator"], alarm["TreatMissingData"]) == ("GreaterThanUpperThreshold", "notBreaching")
    metrics = {one["Id"]: one for one in alarm["Metrics"]}
    (watched,) = [one["MetricStat"] for one in metrics.values() if "MetricStat" in one]
    (name,) = [one for one in metrics if "MetricStat" in metrics[one]]
    # What is normal is what CloudWatch learnt of this very metric, three standard deviations wide.
    assert metrics[alarm["ThresholdMetricId"]]["Expression"] == f"ANOMALY_DETECTION_BAND({name}, 3)"
    assert (watched["Stat"], watched["Period"], alarm["EvaluationPeriods"]) == ("Sum", 300, 2)

    written = io.StringIO()
    policy = parsed({"name": "blocking", "checks": {"pii": {"default": "block"}}})
    for text in ("nothing", "call 010-1234-5678"):
        await Guard(log=Telemetry("chat", stream=written)).check(text, "input", policy)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    (line,) = [one for one in lines if watched["Metric"]["MetricName"] in one]
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], line["guard_blocks"]) == (watched["Metric"]["Namespace"], 1)
    assert {"Name": watched["Metric"]["MetricName"], "Unit": "Count"} in directive["Metrics"]
    told = [{name: line[name] for name in names} for names in directive["Dimensions"]]
    assert told == [{one["Name"]: one["Value"] for one in watched["Metric"]["Dimensions"]}]
