"""What every stage's template must hold."""

import json
from typing import Any

import pytest

from infra import discovery
from infra.stages import dev as dev_stage
from tests.infra.templates import functions, listed, plain, resources, statements

type Template = dict[str, Any]


def test_every_function_is_traced_logged_and_called_by_its_alias(template: Template) -> None:
    found = functions(template)
    assert set(found) == {folder.name for folder in discovery.functions()}
    groups = resources(template, "AWS::Logs::LogGroup")
    for function in found.values():
        assert function["TracingConfig"] == {"Mode": "Active"}
        assert function["Runtime"] == "python3.13"
        assert groups[function["LoggingConfig"]["LogGroup"]["Ref"]]["RetentionInDays"] >= 7
    aliases = [one for one in resources(template, "AWS::Lambda::Alias").values() if one["Name"] == "live"]
    assert len(aliases) == len(found)


def test_functions_find_their_settings_in_their_environment(template: Template) -> None:
    for folder in discovery.functions():
        variables = functions(template)[folder.name]["Environment"]["Variables"]
        # What `make run` gives this parameter is JSON, which the name of a reference is not.
        told = {name: "{}" if value == {"Ref": "VectorEngines"} else plain(value) for name, value in variables.items()}
        settings = folder.settings.from_env(told)
        assert settings.model_dump()["function"] == folder.name


def test_environments_fit_into_lambdas_four_kilobytes(template: Template) -> None:
    for name, function in functions(template).items():
        variables = function["Environment"]["Variables"]
        # A generated name has up to 13 characters more than its logical id and the stack's name before it.
        sizes = [len(key) + len(plain(value)) + 24 * str(value).count("'Ref'") for key, value in variables.items()]
        assert sum(sizes) < 4096, (name, sum(sizes))


def test_one_table_a_store_as_the_store_says(template: Template) -> None:
    tables = resources(template, "AWS::DynamoDB::Table").values()
    specs = discovery.table_specs()
    assert len(tables) == len(specs)
    for table in tables:
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert table["SSESpecification"]["SSEEnabled"] is True
    expiring = {table["TimeToLiveSpecification"]["AttributeName"] for table in tables if "TimeToLiveSpecification" in table}
    assert expiring == {spec.ttl for spec in specs.values() if spec.ttl}


def test_buckets_are_encrypted_private_and_reached_by_tls_alone(template: Template) -> None:
    buckets = resources(template, "AWS::S3::Bucket")
    searched = bool(resources(template, "AWS::OpenSearchService::Domain"))
    assert len(buckets) - len(resources(template, "AWS::CloudFront::Distribution")) == 3 + searched, "and one for the domain's snapshots"
    for bucket in buckets.values():
        assert "ServerSideEncryptionConfiguration" in bucket["BucketEncryption"]
        assert all(bucket["PublicAccessBlockConfiguration"].values())
    for policy in resources(template, "AWS::S3::BucketPolicy").values():
        assert any(one["Effect"] == "Deny" and "aws:SecureTransport" in str(one) for one in policy["PolicyDocument"]["Statement"])
    eventful = [one for one in buckets.values() if "NotificationConfiguration" in one]
    assert [one["NotificationConfiguration"]["EventBridgeConfiguration"] for one in eventful] == [{"EventBridgeEnabled": True}]


def test_no_grant_has_a_wildcard_action_and_only_tracing_has_no_resource(template: Template) -> None:
    for statement in statements(template):
        actions = listed(statement["Action"])
        assert not [action for action in actions if "*" in action]
        if "*" in listed(statement["Resource"]):
            delivery = ("xray:", "logs:", "states:ValidateStateMachineDefinition", "bedrock:Rerank", "textract:")
            assert all(action.startswith(delivery) for action in actions)


def test_only_admin_writes_keys_and_tenants(template: Template) -> None:
    tables = {name for name in resources(template, "AWS::DynamoDB::Table") if name.startswith(("TablesKeys", "TablesTenants"))}
    writers = {
        policy
        for policy, properties in resources(template, "AWS::IAM::Policy").items()
        for statement in properties["PolicyDocument"]["Statement"]
        if "dynamodb:PutItem" in listed(statement["Action"]) and any(name in str(statement["Resource"]) for name in tables)
    }
    assert {name[:5] for name in writers} == {"Admin"}


def test_chat_reads_documents_and_changes_none(template: Template) -> None:
    files = next(name for name in resources(template, "AWS::DynamoDB::Table") if name.startswith("TablesFiles"))
    policies = resources(template, "AWS::IAM::Policy")
    chat = next(properties for name, properties in policies.items() if name.startswith("ChatRole"))
    allowed = {
        action
        for statement in chat["PolicyDocument"]["Statement"]
        if files in str(statement["Resource"])
        for action in listed(statement["Action"])
    }
    assert allowed == {f"dynamodb:{action}" for action in ("GetItem", "BatchGetItem", "Query", "ConditionCheckItem")}


def test_ingestion_has_time_dead_letters_and_partial_failures(template: Template) -> None:
    timeout = functions(template)["ingest"]["Timeout"]
    queues = resources(template, "AWS::SQS::Queue")
    fed = {name: queue for name, queue in queues.items() if "RedrivePolicy" in queue and name.startswith("Ingestion")}
    assert [queue["VisibilityTimeout"] for queue in fed.values()] == [6 * timeout] * 2
    sources = resources(template, "AWS::Lambda::EventSourceMapping").values()
    assert [source["FunctionResponseTypes"] for source in sources] == [["ReportBatchItemFailures"]] * 3
    assert fed.keys() <= {source["EventSourceArn"]["Fn::GetAtt"][0] for source in sources}
    rules = [one for one in resources(template, "AWS::Events::Rule").values() if "EventPattern" in one]
    (door,) = [one for one in rules if one["EventPattern"].get("detail-type") == ["Object Created", "Object Deleted"]]
    assert "Errands" in door["Targets"][0]["Arn"]["Fn::GetAtt"][0], "no event waits behind the documents of another tenant"
    schedules = [one["Targets"][0]["Input"] for one in resources(template, "AWS::Events::Rule").values() if "ScheduleExpression" in one]
    searched = bool(resources(template, "AWS::OpenSearchService::Domain"))
    assert schedules.count('{"task":"sweep"}') == 3, "documents, the ledger, and runs of chains"
    assert schedules.count('{"task":"care"}') == searched


def test_start_events_of_chains_come_by_fixed_rules_and_are_kept_when_given_up(template: Template) -> None:
    queues = resources(template, "AWS::SQS::Queue")
    (name, queue), (dead, _) = sorted((item for item in queues.items() if item[0].startswith("Starts")), key=lambda one: "Dead" in one[0])
    assert queue["VisibilityTimeout"] == 6 * functions(template)["triggers"]["Timeout"]
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": [dead, "Arn"]}
    rules = {id_: one for id_, one in resources(template, "AWS::Events::Rule").items() if id_.startswith("Starts")}
    fed = [one for one in rules.values() if "EventPattern" in one]
    assert {one["Targets"][0]["Arn"]["Fn::GetAtt"][0] for one in fed} == {name}
    assert all(one["Targets"][0]["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": [dead, "Arn"]} for one in fed)
    assert {str(one["EventPattern"]["source"]) for one in fed} == {"['aws.s3']", "[{'anything-but': {'prefix': 'aws.'}}]"}
    (clock,) = [one for one in rules.values() if "ScheduleExpression" in one]
    assert (clock["ScheduleExpression"], clock["Targets"][0]["Input"]) == ("rate(1 minute)", '{"task":"tick"}')


def test_triggers_start_runs_and_make_no_machine(template: Template) -> None:
    policies = resources(template, "AWS::IAM::Policy")
    own = [properties for name, properties in policies.items() if name.startswith("TriggersRole")]
    allowed = {action for one in own for statement in one["PolicyDocument"]["Statement"] for action in listed(statement["Action"])}
    assert "states:StartExecution" in allowed
    assert not {action for action in allowed if action.startswith("iam:") or "StateMachine" in action or action == "sns:Publish"}


def test_the_api_streams_is_throttled_and_knows_every_route(template: Template) -> None:
    (api,) = resources(template, "AWS::ApiGateway::RestApi").values()
    assert api["EndpointConfiguration"]["Types"] == ["REGIONAL"]
    assert "multipart/form-data" in api["BinaryMediaTypes"]
    methods = [one for one in resources(template, "AWS::ApiGateway::Method").values() if one["Integration"]["Type"] == "AWS_PROXY"]
    assert {one["Integration"]["ResponseTransferMode"] for one in methods} == {"STREAM"}
    (stage,) = resources(template, "AWS::ApiGateway::Stage").values()
    assert stage["TracingEnabled"] is True
    assert stage["MethodSettings"][0]["ThrottlingRateLimit"] > 0
    assert stage["MethodSettings"][0].get("DataTraceEnabled", False) is False
    parts = {one["PathPart"] for one in resources(template, "AWS::ApiGateway::Resource").values()}
    owners = discovery.owners({folder.name: folder.paths() for folder in discovery.functions() if folder.http})
    assert {prefix.rsplit("/", 1)[1] for prefix in owners} <= parts


def test_alarms_say_what_to_do(template: Template) -> None:
    alarms = resources(template, "AWS::CloudWatch::Alarm").values()
    of_search = [alarm for alarm in alarms if alarm.get("Namespace") == "AWS/ES"]
    learning = [alarm for alarm in alarms if "ThresholdMetricId" in alarm]  # the embedded AWS refuses those
    assert len(alarms) - len(of_search) - len(learning) == 14
    assert len(of_search) == (7 if resources(template, "AWS::OpenSearchService::Domain") else 0)
    assert all("Runbook:" in alarm["AlarmDescription"] for alarm in alarms)
    assert len(resources(template, "AWS::CloudWatch::Dashboard")) == 1


def test_nothing_that_runs_by_itself_is_lost_in_silence(template: Template) -> None:
    watched = {json.dumps(one.get("Dimensions")) for one in resources(template, "AWS::CloudWatch::Alarm").values()}
    queues = resources(template, "AWS::SQS::Queue")
    dead = {one["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] for one in queues.values() if "RedrivePolicy" in one}
    assert dead
    assert dead < queues.keys()
    for name in dead:
        assert any(f'"{name}", "QueueName"' in one for one in watched), name
    # Whoever rules call by an alias: nobody waits for what comes of it.
    aliases, targets = (
        resources(template, "AWS::Lambda::Alias"),
        [rule["Targets"] for rule in resources(template, "AWS::Events::Rule").values()],
    )
    called = {target["Arn"]["Ref"] for some in targets for target in some if "Ref" in target["Arn"]} & aliases.keys()
    assert len(called) == 4
    for name in called:
        assert any(json.dumps(aliases[name]["FunctionName"]) in one for one in watched), name


def test_the_gateway_refuses_in_the_functions_shape(dev: Template) -> None:
    refusals = {one["ResponseType"]: one for one in resources(dev, "AWS::ApiGateway::GatewayResponse").values()}
    assert {"DEFAULT_4XX", "DEFAULT_5XX", "THROTTLED", "MISSING_AUTHENTICATION_TOKEN"} == refusals.keys()
    assert refusals["MISSING_AUTHENTICATION_TOKEN"]["StatusCode"] == "404"
    assert refusals["THROTTLED"]["ResponseParameters"]["gatewayresponse.header.Retry-After"] == "'1'"
    for one in refusals.values():
        shown = one["ResponseTemplates"]["application/json"].replace("$context.error.messageString", '"Too many."')
        assert json.loads(shown)["error"].keys() == {"message", "type", "param", "code"}
        assert one["ResponseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"


def test_cognito_offers_the_scopes_and_the_client_cannot_be_operator(template: Template) -> None:
    clients = resources(template, "AWS::Cognito::UserPoolClient").values()
    assert sum(client["AllowedOAuthFlows"] == ["client_credentials"] for client in clients) == 1
    for client in clients:
        assert not [scope for scope in client["AllowedOAuthScopes"] if plain(scope).endswith("/operator")]


@pytest.mark.parametrize("function", [folder.name for folder in discovery.functions() if folder.http])
def test_http_functions_run_behind_the_web_adapter(dev: Template, function: str) -> None:
    found = functions(dev)[function]
    assert found["Handler"] == "run.sh"
    assert found["Environment"]["Variables"]["AWS_LWA_INVOKE_MODE"] == "response_stream"
    assert any("LambdaAdapterLayerArm64:27" in plain(layer) for layer in found["Layers"])
    assert found["Timeout"] == dev_stage(region="x", vector_store="none").shape(function).timeout_s
