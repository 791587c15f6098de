"""The organisation's own network: who stands in it, what lets whom in, and that every service which is asked there has an endpoint."""

import json
import re
from typing import Any

import pytest

from infra import discovery
from infra.app import ContextError, new_app, stage_of
from tests.infra.conftest import Synthesise
from tests.infra.templates import functions, listed, policies, resources

type Template = dict[str, Any]

REGION = "us-west-2"
VPC = {"vpc_id": "vpc-0a1b", "vpc_subnets": "subnet-0a subnet-0b subnet-0c", "vpc_route_tables": "rtb-0a rtb-0b"}
#: Actions that reach their service by a host of another name; Lambda itself sends traces and logs, and asks for interfaces.
HOSTS = {"bedrock:Rerank": "bedrock-agent-runtime", "bedrock": "bedrock-runtime", "sagemaker": "sagemaker.runtime"}
LAMBDAS_OWN = {"xray", "logs", "ec2", "iam"}


@pytest.fixture(scope="module", params=["opensearch", "s3vectors"])
def private(request: pytest.FixtureRequest, synthesise: Synthesise) -> Template:
    return synthesise(stage="prod", vector_store=request.param, region=REGION, ocr="textract", comprehend="true", **VPC)


def test_who_searches_or_reads_databases_stands_in_the_network_and_nobody_else(private: Template) -> None:
    (group,) = (name for name in resources(private, "AWS::EC2::SecurityGroup") if name.startswith("NetworkFunctions"))
    settings = {folder.name: folder.settings.model_fields.keys() for folder in discovery.functions()}
    wanted = {name for name, fields in settings.items() if {"vector_store", "data_url"} & fields}
    assert {"chat", "knowledge", "ingest", "step", "data"} <= wanted < settings.keys()
    for name, function in functions(private).items():
        if name in wanted:
            assert function["VpcConfig"]["SubnetIds"] == VPC["vpc_subnets"].split()
            assert function["VpcConfig"]["SecurityGroupIds"] == [{"Fn::GetAtt": [group, "GroupId"]}]
        else:
            assert "VpcConfig" not in function, name
        assert ("ec2:CreateNetworkInterface" in actions_of(private, function)) == (name in wanted)
    assert private["Outputs"]["FunctionsSecurityGroup"]["Value"] == {"Fn::GetAtt": [group, "GroupId"]}


def test_every_service_that_is_asked_there_has_an_endpoint(private: Template) -> None:
    endpoints = resources(private, "AWS::EC2::VPCEndpoint").values()
    made = {one["ServiceName"].removeprefix(f"com.amazonaws.{REGION}."): one for one in endpoints}
    inside = [function for function in functions(private).values() if "VpcConfig" in function]
    asked = {action for function in inside for action in actions_of(private, function)}
    needed = {HOSTS.get(one) or HOSTS.get(one.partition(":")[0], one.partition(":")[0]) for one in asked} - LAMBDAS_OWN
    assert needed - {"es"} == made.keys(), "the domain stands in the network itself"
    assert {name for name, one in made.items() if one["VpcEndpointType"] == "Gateway"} == {"s3", "dynamodb"}
    for one in made.values():
        assert one["VpcId"] == VPC["vpc_id"]
        if one["VpcEndpointType"] == "Gateway":
            assert one["RouteTableIds"] == VPC["vpc_route_tables"].split()
        else:
            assert (one["SubnetIds"], one["PrivateDnsEnabled"]) == (VPC["vpc_subnets"].split(), True)


def test_ec2_takes_what_describes_its_groups(private: Template) -> None:
    for group in resources(private, "AWS::EC2::SecurityGroup").values():
        for text in (group["GroupDescription"], *(rule["Description"] for rule in group.get("SecurityGroupIngress", []))):
            # Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
            assert re.fullmatch(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}", text), text


def test_only_the_functions_reach_the_domain_and_the_endpoints(private: Template) -> None:
    groups = resources(private, "AWS::EC2::SecurityGroup")
    rules = {name.removeprefix("Network")[:6]: one.get("SecurityGroupIngress", []) for name, one in groups.items()}
    (own,) = (name for name in groups if name.startswith("NetworkFunctions"))
    let_in = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "SourceSecurityGroupId": {"Fn::GetAtt": [own, "GroupId"]}}]
    told = {name: [{key: value for key, value in rule.items() if key != "Description"} for rule in some] for name, some in rules.items()}
    assert told == {"Functi": [], "Search": let_in, "Endpoi": let_in}
    for domain in resources(private, "AWS::OpenSearchService::Domain").values():
        (search,) = (name for name in groups if name.startswith("NetworkSearch"))
        assert domain["VPCOptions"] == {"SubnetIds": ["subnet-0a", "subnet-0b"], "SecurityGroupIds": [{"Fn::GetAtt": [search, "GroupId"]}]}
        assert domain["AccessPolicies"], "requests are signed there, too"


def test_a_network_with_endpoints_of_its_own_is_given_none(synthesise: Synthesise) -> None:
    own = {"vpc_id": "vpc-0a1b", "vpc_subnets": "subnet-0a", "vpc_endpoints": "none"}
    template = synthesise(stage="dev", vector_store="opensearch", region=REGION, **own)
    assert not resources(template, "AWS::EC2::VPCEndpoint")
    assert "VpcConfig" in functions(template)["knowledge"]
    (domain,) = resources(template, "AWS::OpenSearchService::Domain").values()
    assert domain["VPCOptions"]["SubnetIds"] == ["subnet-0a"]


def test_without_a_network_nothing_of_it_is_made(dev: Template) -> None:
    assert not resources(dev, "AWS::EC2::SecurityGroup")
    assert not any("VpcConfig" in one for one in functions(dev).values())
    assert "ec2:" not in json.dumps(policies(dev))


@pytest.mark.parametrize(
    ("context", "named"),
    [
        ({"vpc_subnets": "subnet-0a"}, "vpc_id"),
        ({**VPC, "vpc_id": "0a1b"}, "vpc_id"),
        ({**VPC, "vpc_subnets": ""}, "vpc_subnets"),
        ({**VPC, "vpc_subnets": "0a 0b"}, "vpc_subnets"),
        ({**VPC, "vpc_route_tables": ""}, "vpc_route_tables"),
        ({**VPC, "vpc_endpoints": "some"}, "vpc_endpoints"),
        ({**VPC, "vpc_subnets": "subnet-0a"}, "two zones"),
    ],
)
def test_what_is_amiss_with_a_network_is_named(context: dict[str, str], named: str) -> None:
    with pytest.raises(ContextError, match=named):
        stage_of(new_app(stage="prod", vector_store="opensearch", **context))


def actions_of(template: Template, function: Template) -> set[str]:
    """What a function's role may do."""
    role = function["Role"]["Fn::GetAtt"][0]
    own = [one for one in policies(template) if one["Roles"] == [{"Ref": role}]]
    return {action for one in own for statement in one["PolicyDocument"]["Statement"] for action in listed(statement["Action"])}
