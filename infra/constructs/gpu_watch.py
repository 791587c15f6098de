"""What is watched of a GPU endpoint: time to the first token and per token, queue, KV cache, GPU; alarms that say what to do."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.constructs.alarms import Alarms
from infra.constructs.gpu import COMPONENT_METRICS, GpuModel

_MINUTE = cdk.Duration.minutes(1)


class GpuWatch(Construct):
    """Alarms of one endpoint, and its rows of the dashboard."""

    def __init__(self, scope: Construct, id_: str, *, model: GpuModel, alarm_topic_arn: str | None) -> None:
        super().__init__(scope, id_)
        self._model, self._gpu = model, model.gpu
        self._alarms = Alarms(self, alarm_topic_arn)
        self._classic_alarms()
        self._engine = self._engine_alarms()

    def _classic_alarms(self) -> None:
        self._alarms.past(
            "GpuMemory",
            self._metric("GPUMemoryUtilizationNormalized", COMPONENT_METRICS),
            98,
            "The GPUs' memory is full. Runbook: lower vllm.gpu_memory or vllm.batched_tokens, or take a larger instance.",
        )
        self._alarms.past(
            "ModelErrors",
            self._metric("Invocation5XXErrors", "AWS/SageMaker", "Sum"),
            5,
            "The container failed five requests within five minutes. Runbook: read the component's log group for vLLM's traceback.",
        )

    def _engine_alarms(self) -> dict[str, cloudwatch.AlarmBase]:
        """By vLLM's own metrics, which detailed observability brings; their series are found by the model's served name. Each under
        what the dashboard calls it.
        """
        series = f'{{model_name="{self._gpu.alias}"}}'
        watched = {
            "FirstToken": (
                "first token (s), p95 in vLLM",
                f"histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket{series}[5m]))) > 5",
                "One request in twenty waits longer than 5 s for its first token. Runbook: raise copies.maximum or lower requests_each.",
            ),
            "TokenTime": (
                "time per token (s), p95",
                f"histogram_quantile(0.95, sum by (le) (rate(vllm:inter_token_latency_seconds_bucket{series}[5m]))) > 0.2",
                "Tokens come slower than five a second. Runbook: lower vllm.batched_tokens or requests_each; see the GPUs' load.",
            ),
            "Queue": (
                "queue: requests that wait",
                f"sum(vllm:num_requests_waiting{series}) > {2 * self._gpu.copies.requests_each}",
                "More requests wait than two copies take. Runbook: raise copies.maximum.",
            ),
            "KvCache": (
                "KV cache in use, share",
                f"max(vllm:kv_cache_usage_perc{series}) > 0.95",
                "The KV cache is full and requests are preempted. Runbook: lower vllm.context, raise vllm.gpu_memory or the instance.",
            ),
        }
        made = {title: self._promql(name, query, runbook) for name, (title, query, runbook) in watched.items()}
        for alarm in made.values():
            self._alarms.add(alarm)
        return made

    def _promql(self, name: str, query: str, runbook: str) -> cloudwatch.AlarmBase:
        return cloudwatch.PromQLAlarm(
            self,
            name,
            query=query,
            evaluation_interval=_MINUTE,
            pending_period=cdk.Duration.minutes(5),
            recovery_period=cdk.Duration.minutes(5),
            alarm_description=runbook,
        )

    def _metric(self, name: str, namespace: str, statistic: str = "Average") -> cloudwatch.Metric:
        """A metric of the component."""
        return cloudwatch.Metric(
            namespace=namespace,
            metric_name=name,
            dimensions_map={"InferenceComponentName": self._model.component_name},
            statistic=statistic,
            period=cdk.Duration.minutes(5),
        )

    def rows(self) -> list[list[cloudwatch.IWidget]]:
        """What the dashboard shows of it."""
        stream = [self._metric(f"FirstChunk{part}", "AWS/SageMaker", "p95") for part in ("Latency", "ModelLatency")]
        load = [
            self._metric("ConcurrentRequestsPerCopy", "AWS/SageMaker", "Maximum"),
            self._metric("NoCapacityInvocationFailures", "AWS/SageMaker", "Sum"),
        ]
        gpu = [self._metric(name, COMPONENT_METRICS) for name in ("GPUUtilizationNormalized", "GPUMemoryUtilizationNormalized")]
        graphs = {"first token (µs), p95": stream, "whole answer (µs), p95": [self._metric("ModelLatency", "AWS/SageMaker", "p95")]}
        graphs |= {"requests at once per copy, found none": load, "GPU and its memory (%)": gpu}
        alias = self._gpu.alias
        title = f"{alias}: first token, time per token, queue, KV cache, GPU"
        status = cloudwatch.AlarmStatusWidget(title=title, alarms=[self._model.wake, *self._alarms.all], width=24)
        # A graph takes no PromQL but an alarm's, whose line it shows too.
        engine = [cloudwatch.AlarmWidget(title=f"{alias}: {name}", alarm=alarm, width=6) for name, alarm in self._engine.items()]
        return [[status], [*engine], [_graph(f"{alias}: {name}", metrics) for name, metrics in graphs.items()]]


def _graph(title: str, metrics: list[cloudwatch.Metric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=6)
