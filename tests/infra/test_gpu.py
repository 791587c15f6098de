"""The GPU endpoint, synthesised on: pins, arguments, how it scales and wakes, what is watched, who may call it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.app import new_app, stage_of
from infra.endpoints import EndpointError, GpuEndpoint, described, pinned
from maru.models import Catalogue, Router
from tests.infra.conftest import Synthesise, Template
from tests.infra.templates import functions, listed, plain, resources, statements
from tests.processes import ROOT, bare_environment

CATALOGUE = Path("catalogue")
DIGEST, REVISION = "sha256:" + "a1" * 32, "c0ffee" + "0" * 34
PINS = {"gpu_image_digest": DIGEST, "gpu_revision": REVISION}
NAME = "maru-dev-qwen3-32b"


@pytest.fixture(scope="module")
def on(synthesise: Synthesise) -> Template:
    """The stage `dev` with an endpoint of its own."""
    return synthesise(stage="dev", vector_store="none", gpu_endpoint="qwen3-32b", alarm_topic_arn="arn:aws:sns:x:1:t", **PINS)


def only(template: Template, kind: str) -> Any:
    (found,) = resources(template, kind).values()
    return found


def test_it_is_off_by_default(dev: Template) -> None:
    assert not resources(dev, "AWS::SageMaker::Endpoint")
    assert not resources(dev, "AWS::ApplicationAutoScaling::ScalableTarget")


def test_container_and_model_are_pinned_and_the_arguments_are_the_settings(on: Template) -> None:
    container = only(on, "AWS::SageMaker::InferenceComponent")["Specification"]["Container"]
    assert plain(container["Image"]) == f"763104351884.dkr.ecr.ap-northeast-2.ref-AWS::URLSuffix/vllm@{DIGEST}"
    environment = container["Environment"]
    assert environment == {
        "SM_VLLM_MODEL": "Qwen/Qwen3-32B-AWQ",
        "SM_VLLM_REVISION": REVISION,
        "SM_VLLM_TOKENIZER_REVISION": REVISION,
        "SM_VLLM_SERVED_MODEL_NAME": "qwen-gpu",
        "SM_VLLM_TENSOR_PARALLEL_SIZE": "1",
        "SM_VLLM_MAX_MODEL_LEN": "32768",
        "SM_VLLM_GPU_MEMORY_UTILIZATION": "0.92",
        "SM_VLLM_MAX_NUM_BATCHED_TOKENS": "8192",
        "SM_VLLM_QUANTIZATION": "awq",
        "SM_VLLM_ENABLE_PREFIX_CACHING": "true",
        "SM_VLLM_ENABLE_AUTO_TOOL_CHOICE": "true",
        "SM_VLLM_TOOL_CALL_PARSER": "hermes",
    }


def test_it_scales_from_zero_by_load_and_wakes_by_its_alarm(on: Template) -> None:
    (variant,) = only(on, "AWS::SageMaker::EndpointConfig")["ProductionVariants"]
    assert variant["ManagedInstanceScaling"] == {"Status": "ENABLED", "MinInstanceCount": 0, "MaxInstanceCount": 2}
    assert only(on, "AWS::SageMaker::InferenceComponent")["RuntimeConfig"] == {"CopyCount": 0}
    target = only(on, "AWS::ApplicationAutoScaling::ScalableTarget")
    assert (target["MinCapacity"], target["MaxCapacity"], target["ResourceId"]) == (0, 2, f"inference-component/{NAME}")
    assert target["ScalableDimension"] == "sagemaker:inference-component:DesiredCopyCount"
    policies = {one["PolicyType"]: (name, one) for name, one in resources(on, "AWS::ApplicationAutoScaling::ScalingPolicy").items()}
    tracking = policies["TargetTrackingScaling"][1]["TargetTrackingScalingPolicyConfiguration"]
    metric = tracking["PredefinedMetricSpecification"]["PredefinedMetricType"]
    assert metric == "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution"
    assert (tracking["TargetValue"], tracking["ScaleInCooldown"]) == (8, 900)
    wake, step = policies["StepScaling"]
    assert step["StepScalingPolicyConfiguration"]["StepAdjustments"] == [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}]
    alarms = resources(on, "AWS::CloudWatch::Alarm").values()
    (asleep,) = [one for one in alarms if one.get("MetricName") == "NoCapacityInvocationFailures"]
    assert asleep["AlarmActions"] == [{"Ref": wake}]
    assert asleep["Dimensions"] == [{"Name": "InferenceComponentName", "Value": NAME}]
    assert (asleep["Threshold"], asleep["Period"], asleep["EvaluationPeriods"]) == (1, 30, 1)


def test_it_is_kept_warm_by_schedule(on: Template) -> None:
    warm, cool = only(on, "AWS::ApplicationAutoScaling::ScalableTarget")["ScheduledActions"]
    assert (warm["Schedule"], warm["ScalableTargetAction"]) == ("cron(50 23 ? * SUN-THU *)", {"MinCapacity": 1})
    assert cool["ScalableTargetAction"] == {"MinCapacity": 0}


def test_functions_may_call_this_endpoint_and_its_component_alone(on: Template) -> None:
    granted = [one for one in statements(on) if any("sagemaker:" in action for action in listed(one["Action"]))]
    assert granted
    for statement in granted:
        assert set(listed(statement["Action"])) == {"sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream"}
        names = {plain(one).rsplit(":", 1)[1] for one in listed(statement["Resource"])}
        assert names == {f"endpoint/{NAME}", f"inference-component/{NAME}"}


def test_what_is_watched_and_that_each_alarm_says_what_to_do(on: Template) -> None:
    alarms = {name: one for name, one in resources(on, "AWS::CloudWatch::Alarm").items() if name.startswith("Gpu")}
    queries = " ".join(one["EvaluationCriteria"]["PromQLCriteria"]["Query"] for one in alarms.values() if "EvaluationCriteria" in one)
    for series in ("time_to_first_token_seconds", "inter_token_latency_seconds", "num_requests_waiting", "kv_cache_usage_perc"):
        assert f"vllm:{series}" in queries
    assert queries.count('model_name="qwen-gpu"') == 4
    assert all("unbook" in one["AlarmDescription"] for one in alarms.values())
    assert all(one["AlarmActions"] for one in alarms.values())
    config = only(on, "AWS::SageMaker::EndpointConfig")["MetricsConfig"]
    assert config["EnableDetailedObservability"] is True


def test_the_dashboard_shows_every_metric_as_a_graph(on: Template) -> None:
    body = plain(only(on, "AWS::CloudWatch::Dashboard")["DashboardBody"])
    graphs = {one["properties"].get("title"): one["properties"] for one in json.loads(body)["widgets"] if one["type"] == "metric"}
    alarms = resources(on, "AWS::CloudWatch::Alarm")
    for title, series in (
        ("first token (s), p95 in vLLM", "time_to_first_token_seconds"),
        ("time per token (s), p95", "inter_token_latency_seconds"),
        ("queue: requests that wait", "num_requests_waiting"),
        ("KV cache in use, share", "kv_cache_usage_perc"),
    ):
        shown = graphs[f"qwen-gpu: {title}"]
        assert shown["view"] == "timeSeries"
        (alarm,) = shown["annotations"]["alarms"]
        (name,) = [one for one in alarms if one in alarm]
        assert f"vllm:{series}" in alarms[name]["EvaluationCriteria"]["PromQLCriteria"]["Query"]
    for title, metric in (
        ("first token (µs), p95", "FirstChunkLatency"),
        ("requests at once per copy, found none", "ConcurrentRequestsPerCopy"),
        ("GPU and its memory (%)", "GPUUtilizationNormalized"),
        ("GPU and its memory (%)", "GPUMemoryUtilizationNormalized"),
    ):
        assert metric in json.dumps(graphs[f"qwen-gpu: {title}"]["metrics"])


def test_the_catalogues_entry_is_made_of_the_same_object(on: Template) -> None:
    environment = functions(on)["chat"]["Environment"]["Variables"]
    entries = json.loads(environment["MODEL_ENTRIES"])
    alias = Catalogue({"models": entries}, {}).demand("qwen-gpu")
    (target,) = alias.targets
    assert (target.endpoint, target.component, target.model, target.region) == (NAME, NAME, "qwen-gpu", "ap-northeast-2")
    assert (target.private, target.continues, target.context_length) == (True, "vllm", 32768)
    assert "tools" in alias.abilities
    assert Router().decide(alias, {"messages": [{"role": "user", "content": "안녕"}]}).alias.targets == alias.targets


def gpu(**vllm: Any) -> GpuEndpoint:
    entry = described(CATALOGUE)[0]["qwen3-32b"] | {"image_digest": DIGEST, "revision": REVISION}
    return GpuEndpoint.model_validate(entry | {"vllm": {"context": 4096} | vllm})


def test_speculative_decoding_quantisation_and_adapters() -> None:
    told = gpu(
        quantisation="gptq",
        prefix_caching=False,
        speculative={"model": "Qwen/Qwen3-0.6B", "tokens": 4},
        lora={"name": "legal", "path": "acme/legal-lora", "rank": 32},
    )
    environment = told.environment()
    assert environment["SM_VLLM_QUANTIZATION"] == "gptq"
    assert environment["SM_VLLM_NO_ENABLE_PREFIX_CACHING"] == "true"
    assert json.loads(environment["SM_VLLM_SPECULATIVE_CONFIG"]) == {"model": "Qwen/Qwen3-0.6B", "num_speculative_tokens": 4}
    assert (environment["SM_VLLM_ENABLE_LORA"], environment["SM_VLLM_MAX_LORA_RANK"]) == ("true", "32")
    assert json.loads(environment["SM_VLLM_LORA_MODULES"])["path"] == "acme/legal-lora"
    entries = told.entries(endpoint="e", component="c", region="r")
    assert [(one["alias"], one["targets"][0]["model"]) for one in entries] == [("qwen-gpu", "qwen-gpu"), ("qwen-gpu:legal", "legal")]
    by_ngram = json.loads(gpu(speculative={"ngram": 4, "tokens": 3}).environment()["SM_VLLM_SPECULATIVE_CONFIG"])
    assert by_ngram == {"method": "ngram", "prompt_lookup_max": 4, "num_speculative_tokens": 3}


@pytest.mark.parametrize(
    ("pins", "named"),
    [
        ({}, "image_digest"),
        ({"gpu_image_digest": DIGEST}, "revision"),
        ({**PINS, "gpu_image_digest": "server-sagemaker-cuda-v1"}, "image_digest"),
        ({**PINS, "gpu_revision": "main"}, "revision"),
        ({**PINS, "gpu_endpoint": "nobody"}, "nobody"),
    ],
)
def test_without_its_pins_it_refuses_to_synthesise(pins: dict[str, str], named: str) -> None:
    with pytest.raises(EndpointError, match=named):
        stage_of(new_app(**({"stage": "dev", "vector_store": "none", "gpu_endpoint": "qwen3-32b"} | pins)))


def test_every_endpoint_of_the_catalogue_is_valid_and_priced() -> None:
    known, prices = described(CATALOGUE)
    for name in known:
        one = pinned(CATALOGUE, name, image_digest=DIGEST, revision=REVISION)
        assert prices.month(one, hours=730, copies=1, alarms=0) > 500
        assert prices.month(one, hours=0, copies=one.copies.maximum, alarms=7) < 1


def test_the_command_prints_what_each_costs_a_month() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.gpu_costs", "--hours", "100"],
        cwd=ROOT, env=bare_environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    (row,) = [line.split() for line in done.stdout.splitlines() if line.startswith("qwen3-32b")]
    # 2.80 USD an hour, and 256 GB at 0.14 USD a month for 100 of its 730 hours; 7 alarms at 0.10 USD.
    assert row == ["qwen3-32b", "ml.g6e.2xlarge", "0.70", "285.61", "2,080.54", "4,160.38"]
    assert "asleep" in done.stdout
