"""What operators look at: one dashboard, and alarms that each say what to do."""

from collections.abc import Collection, Mapping

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.alarms import Alarms
from infra.constructs.ingestion import IngestQueue, WorkQueue
from maru.telemetry import NAMESPACE

_FIVE_MINUTES = cdk.Duration.minutes(5)


class Watch(Construct):
    """Alarms go to the organisation's own topic where the stage names one, and stand on the dashboard either way."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        stage: str,
        api: apigateway.RestApi,
        functions: Mapping[str, lambda_.Function],
        workers: Collection[str],
        documents: IngestQueue,
        starts: WorkQueue,
        alarm_topic_arn: str | None,
        learning: bool,
    ) -> None:
        super().__init__(scope, id_)
        self._alarms = Alarms(self, alarm_topic_arn)
        self._watch_requests(api)
        self._watch_work(documents, starts.dead)
        for name in workers:
            self._watch_worker(name, functions[name])
        # The embedded AWS refuses alarms on what CloudWatch has learned.
        if learning:
            self._alarms.add(self._jump())
        self._dashboard(stage, api, functions, documents.dead)

    def _watch_requests(self, api: apigateway.RestApi) -> None:
        # Without a dimension: of the whole account, whose quota the functions share with everything else in it.
        throttles = cloudwatch.Metric(namespace="AWS/Lambda", metric_name="Throttles", statistic="Sum", period=_FIVE_MINUTES)
        past = self._alarms.past
        past(
            "ServerErrors",
            api.metric_server_error(period=_FIVE_MINUTES, statistic="Sum"),
            5,
            "Five answers with a 5xx within five minutes. Runbook: filter the functions' log groups by level=ERROR and follow the "
            "request_id; 502, 503 and 504 mean a model's provider.",
        )
        past(
            "SlowAnswers",
            api.metric_latency(period=_FIVE_MINUTES, statistic="p95"),
            60_000,
            "One answer in twenty takes longer than 60 s. Runbook: compare overhead_ms with latency_ms per route; overhead is ours "
            "(tables, search), the rest is the model's.",
        )
        past(
            "Throttles",
            throttles,
            1,
            "Lambda refused calls. Runbook: see which function took the account's concurrency, then ask for a higher quota.",
        )

    def _watch_work(self, documents: IngestQueue, lost_starts: sqs.Queue) -> None:
        past = self._alarms.past
        for name, queue, waiting in (
            ("DocumentsWaiting", documents.queue, "A document"),
            ("ErrandsWaiting", documents.errands, "An object's event, a sync, an import or a removal"),
        ):
            past(
                name,
                queue.metric_approximate_age_of_oldest_message(period=_FIVE_MINUTES, statistic="Maximum"),
                2 * 3600,
                f"{waiting} waits for two hours. Runbook: look for throttles and errors of the ingest function; with many in the queue "
                "raise its concurrency (ingest_concurrency), or look at what embeds and indexes.",
            )
        past(
            "DeadLetters",
            documents.dead.metric_approximate_number_of_messages_visible(period=_FIVE_MINUTES, statistic="Maximum"),
            1,
            "Documents' events ended in the dead-letter queue. Runbook: read one, find its cause in the ingest log, mend it, "
            "then start a redrive to the source queue.",
        )
        past(
            "LostStarts",
            lost_starts.metric_approximate_number_of_messages_visible(period=_FIVE_MINUTES, statistic="Maximum"),
            1,
            "Events that should have started chains were given up. Runbook: filter the triggers function's log by 'not triggered' for "
            "chain, trigger and cause; mend the chain, then POST /v1/triggers/dead_letters/redrive.",
        )
        past(
            "IngestFailures",
            _metric("failures", {"part": "ingest"}, "Sum"),
            10,
            "Ten documents failed within five minutes. Runbook: GET /v1/vector_stores/{id}/files?filter=failed tells each cause; many "
            "alike point at the embedder or the search engine.",
        )
        past(
            "ChainFailures",
            _metric("failures", {"part": "chains"}, "Sum"),
            5,
            "Five runs of chains failed within five minutes. Runbook: GET /v1/runs?status=failed tells each run's error and step; "
            "alike errors point at a model, a budget or a chain's newest version, whose label can be moved back.",
        )
        past(
            "ApprovalsWaiting",
            _metric("approvals_waiting", {"part": "chains"}, "Maximum"),
            50,
            "Fifty approvals wait for a decision. Runbook: GET /v1/approvals?status=pending; their runs hold until somebody decides.",
        )

    def _watch_worker(self, name: str, function: lambda_.Function) -> None:
        """Calls that nobody waits for (sweeps, schedules): Lambda tries each three times, and then it is gone."""
        self._alarms.past(
            f"{name.title()}Lost",
            function.metric("AsyncEventsDropped", period=_FIVE_MINUTES, statistic="Sum"),
            1,
            f"Lambda gave up a scheduled call of the function '{name}'. Runbook: filter its log group by level=ERROR for the "
            "cause; the next schedule tries again, but until one succeeds budgets, runs or documents that were left midway stay so.",
        )

    def _jump(self) -> cloudwatch.AlarmBase:
        """More blocks than this stage is used to, whatever that is: CloudWatch learns it from the last two weeks."""
        return cloudwatch.AnomalyDetectionAlarm(
            self,
            "GuardBlocks",
            metric=_metric("guard_blocks", {"part": "guard"}, "Sum"),
            std_devs=3,
            evaluation_periods=2,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description="The guard blocks far more than usual. Runbook: GET /v1/guard/incidents?status=open tells policies "
            "and rules; many alike are an attack or a rule that is wrong: read its samples, patch and test the policy, release it.",
        )

    def _dashboard(self, stage: str, api: apigateway.RestApi, functions: Mapping[str, lambda_.Function], dead_letters: sqs.Queue) -> None:
        routes = [
            _graph("Latency per route (ms), p50", [_search("latency_ms", "p50")]),
            _graph("Latency per route (ms), p95", [_search("latency_ms", "p95")]),
            _graph("Latency per route (ms), p99", [_search("latency_ms", "p99")]),
            _graph("Overhead per route (ms), p95", [_search("overhead_ms", "p95")]),
            _graph("4xx per route", [_search("errors_4xx", "Sum")]),
            _graph("5xx per route", [_search("errors_5xx", "Sum")]),
        ]
        blocked = _metric("guard_blocks", {"part": "guard"}, "Sum")
        made, bare = (_metric(name, {"part": "grounding"}, "Sum") for name in ("claims", "unsupported_claims"))
        share = cloudwatch.MathExpression(
            expression="100 * bare / made", label="unsupported claims, %", using_metrics={"bare": bare, "made": made}, period=_FIVE_MINUTES
        )
        guard = [_graph("Blocked by the guard", [blocked]), _graph("Hallucination rate", [share])]
        whole = [
            _graph("Requests", [api.metric_count(period=_FIVE_MINUTES), api.metric_client_error(), api.metric_server_error()]),
            _graph("Concurrency", [one.metric("ConcurrentExecutions", statistic="Maximum") for one in functions.values()]),
            _graph("Function errors", [one.metric_errors() for one in functions.values()]),
            _graph("Dead letters", [dead_letters.metric_approximate_number_of_messages_visible()]),
        ]
        alarms = cloudwatch.AlarmStatusWidget(title="Alarms", alarms=self._alarms.all, width=24)
        rows: list[list[cloudwatch.IWidget]] = [[alarms], [*routes[:3]], [*routes[3:]], [*whole], [*guard]]
        self.dashboard = cloudwatch.Dashboard(self, "Dashboard", dashboard_name=f"maru-{stage}", widgets=rows)


def _graph(title: str, metrics: list[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=metrics, width=8)


def _metric(name: str, dimensions: Mapping[str, str], statistic: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=NAMESPACE, metric_name=name, dimensions_map=dict(dimensions), statistic=statistic, period=_FIVE_MINUTES
    )  # fmt: skip


def _search(name: str, statistic: str) -> cloudwatch.MathExpression:
    """Every route's metric of this name, also of routes that do not exist yet."""
    expression = f"SEARCH('{{{NAMESPACE},route}} MetricName=\"{name}\"', '{statistic}', 300)"
    return cloudwatch.MathExpression(expression=expression, label="", using_metrics={}, period=_FIVE_MINUTES)
