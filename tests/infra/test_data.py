"""Structured data in the template: where the replica is, its password's secret, and what is refused at synth."""

from dataclasses import replace
from pathlib import Path

import pytest

from infra.app import ContextError, build, new_app, stage_of
from maru.structured.graphql import schema_text
from tests.engines.erp import VIEWS
from tests.infra.conftest import Synthesise, Template
from tests.infra.templates import functions, listed, resources, statements

URL = "postgresql://maru_reader@replica.corp:5432/erp?sslmode=verify-full"
SECRET = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:replica-AbCdEf"


def test_the_replica_is_told_to_who_reads_it_and_its_secret_granted(synthesise: Synthesise) -> None:
    template = synthesise(stage="dev", vector_store="none", data_url=URL, data_secret=SECRET)
    told = {name: one["Environment"]["Variables"] for name, one in functions(template).items()}
    readers = sorted(name for name, one in told.items() if "DATA_URL" in one)
    assert readers == ["chat", "data", "knowledge"]
    assert {(told[name]["DATA_URL"], told[name]["DATA_SECRET"]) for name in readers} == {(URL, SECRET)}
    granted = [one for one in statements(template) if SECRET in listed(one["Resource"])]
    assert [one["Action"] for one in granted] == ["secretsmanager:GetSecretValue"] * len(readers)


def test_appsync_has_the_allow_lists_schema_and_asks_marus_function_alone(tmp_path: Path) -> None:
    app = new_app(str(tmp_path), vector_store="none", data_url=URL, **{"aws:cdk:bundling-stacks": []})
    stack = build(app, replace(stage_of(app), data_views=VIEWS.views))
    template = app.synth().get_stack_by_name(stack.stack_name).template
    (api,) = resources(template, "AWS::AppSync::GraphQLApi").values()
    (function,) = (name for name in resources(template, "AWS::Lambda::Alias") if name.startswith("DataLive"))
    assert (api["AuthenticationType"], api["LambdaAuthorizerConfig"]["AuthorizerUri"]) == ("AWS_LAMBDA", {"Ref": function})
    assert "AdditionalAuthenticationProviders" not in api
    assert (api["IntrospectionConfig"], api["LambdaAuthorizerConfig"]["AuthorizerResultTtlInSeconds"]) == ("DISABLED", 0)
    (schema,) = resources(template, "AWS::AppSync::GraphQLSchema").values()
    assert schema["Definition"] == schema_text(VIEWS.views)
    assert "tenant" not in schema["Definition"]
    fields = {one["FieldName"] for one in resources(template, "AWS::AppSync::Resolver").values()}
    assert fields == {view.view for view in VIEWS.views}
    (source,) = resources(template, "AWS::AppSync::DataSource").values()
    assert source["LambdaConfig"]["LambdaFunctionArn"] == {"Ref": function}
    (permission,) = (one for one in resources(template, "AWS::Lambda::Permission").values() if one["Principal"] == "appsync.amazonaws.com")
    assert permission["SourceArn"]["Fn::GetAtt"][1] == "Arn"
    assert "DataGraphqlUrl" in template["Outputs"]


def test_without_a_replica_nobody_is_told_of_one(dev: Template) -> None:
    assert not [name for name, one in functions(dev).items() if "DATA_URL" in one["Environment"]["Variables"]]
    assert not [one for one in dev["Resources"].values() if one["Type"].startswith("AWS::AppSync")]


@pytest.mark.parametrize(
    ("context", "named"),
    [
        ({"data_url": "mysql://maru@db/erp"}, "'data_url'.*postgresql://user@host"),
        ({"data_url": "postgresql://maru:hunter2@db/erp"}, "'data_secret'"),
        ({"data_url": URL, "data_secret": "hunter2"}, "ARN"),
    ],
)
def test_a_replica_that_cannot_be_used_is_refused_at_synth(context: dict[str, str], named: str) -> None:
    with pytest.raises(ContextError, match=named) as refused:
        stage_of(new_app(vector_store="none", **context))
    assert "hunter2" not in str(refused.value)
