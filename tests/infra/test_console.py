"""The console on AWS: one distribution for its files and the API, closed but for what it needs, and what publishing puts there."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.console_headers import WIDGET, security_headers
from scripts import console_publish
from tests.conftest import BUCKET
from tests.infra.conftest import Synthesise
from tests.infra.templates import plain, resources

type Template = dict[str, Any]

#: From "Use managed cache policies" and "Use managed origin request policies" of CloudFront's developer guide.
MANAGED = {
    "caching disabled": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    "all of the viewer's but host": "b689b0a8-53d0-40ab-baf2-68738e2966ac",
}


def distribution(template: Template) -> dict[str, Any]:
    (one,) = resources(template, "AWS::CloudFront::Distribution").values()
    config: dict[str, Any] = one["DistributionConfig"]
    return config


def test_the_local_run_has_none(synthesise: Synthesise) -> None:
    assert not [one for one in synthesise(stage="local")["Resources"].values() if one["Type"].startswith("AWS::CloudFront::")]


def test_the_api_is_never_cached_and_gets_the_callers_key(dev: Template) -> None:
    behaviours = {one["PathPattern"]: one for one in distribution(dev)["CacheBehaviors"]}
    assert set(behaviours) == {"/v1/*", "/openapi.json", "/docs", WIDGET}
    api = behaviours["/v1/*"]
    assert api["CachePolicyId"] == MANAGED["caching disabled"]
    assert api["OriginRequestPolicyId"] == MANAGED["all of the viewer's but host"]
    assert api["ViewerProtocolPolicy"] == "https-only"
    assert api["Compress"] is False
    assert {"POST", "PATCH", "DELETE"} <= set(api["AllowedMethods"])
    (origin,) = [one for one in distribution(dev)["Origins"] if one["Id"] == api["TargetOriginId"]]
    assert origin["OriginPath"] == "/api"
    assert ".execute-api." in plain(origin["DomainName"])
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"


def test_the_files_are_read_by_the_distribution_alone(dev: Template) -> None:
    config = distribution(dev)
    default = config["DefaultCacheBehavior"]
    (origin,) = [one for one in config["Origins"] if one["Id"] == default["TargetOriginId"]]
    assert "OriginAccessControlId" in origin
    assert origin["S3OriginConfig"]["OriginAccessIdentity"] == ""
    bucket = next(name for name in resources(dev, "AWS::S3::Bucket") if name.startswith("Console"))
    policy = next(one for one in resources(dev, "AWS::S3::BucketPolicy").values() if one["Bucket"] == {"Ref": bucket})
    allowed = [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Allow" and "Service" in one["Principal"]]
    assert [one["Principal"]["Service"] for one in allowed] == ["cloudfront.amazonaws.com"]
    assert "AWS:SourceArn" in str(allowed[0]["Condition"])
    assert default["ViewerProtocolPolicy"] == "redirect-to-https"
    assert default["FunctionAssociations"][0]["EventType"] == "viewer-request"


def test_every_answer_carries_the_headers_of_the_local_run(dev: Template) -> None:
    policies = {name: one["ResponseHeadersPolicyConfig"] for name, one in resources(dev, "AWS::CloudFront::ResponseHeadersPolicy").items()}
    widget = next(one for name, one in policies.items() if "Widget" in name)
    config = next(one for name, one in policies.items() if "Widget" not in name)
    given = {one["Header"]: one["Value"] for one in config["CustomHeadersConfig"]["Items"]}
    security = config["SecurityHeadersConfig"]
    given |= {
        "content-security-policy": plain(security["ContentSecurityPolicy"]["ContentSecurityPolicy"]),
        "x-frame-options": security["FrameOptions"]["FrameOption"],
        "referrer-policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        "x-content-type-options": "nosniff" if security["ContentTypeOptions"]["Override"] else "",
    }
    origin = next(part for part in given["content-security-policy"].split("connect-src ")[1].split(";")[0].split() if part != "'self'")
    assert origin.startswith("https://")
    assert given == security_headers((origin,))
    assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
    assert "unsafe" not in given["content-security-policy"]
    assert widget["SecurityHeadersConfig"] == security
    shared = {one["Header"]: one["Value"] for one in widget["CustomHeadersConfig"]["Items"]}
    assert shared["cross-origin-resource-policy"] == "cross-origin"
    (behaviour,) = [one for one in distribution(dev)["CacheBehaviors"] if one["PathPattern"] == WIDGET]
    assert "Widget" in str(behaviour["ResponseHeadersPolicyId"])
    assert "Widget" not in str(distribution(dev)["DefaultCacheBehavior"]["ResponseHeadersPolicyId"])


def test_people_sign_in_by_code_without_a_secret(dev: Template) -> None:
    clients = resources(dev, "AWS::Cognito::UserPoolClient")
    (name,) = [name for name, one in clients.items() if one["AllowedOAuthFlows"] == ["code"]]
    assert clients[name]["GenerateSecret"] is False
    assert all(plain(one).endswith("/signed-in") for one in clients[name]["CallbackURLs"])
    (admin,) = [
        one["Environment"]["Variables"]
        for one in resources(dev, "AWS::Lambda::Function").values()
        if one.get("Environment", {}).get("Variables", {}).get("FUNCTION") == "admin"
    ]
    assert f"ref-{name}" in plain(admin["TOKEN_AUDIENCE"]).split()


def test_a_web_acl_comes_by_context(synthesise: Synthesise, dev: Template) -> None:
    arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/own/0a1b"
    assert distribution(synthesise(stage="dev", vector_store="none", web_acl_arn=arn))["WebACLId"] == arn
    assert "WebACLId" not in distribution(dev)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>Maru</title>", encoding="utf-8")
    (tmp_path / "assets" / "index-1a.js").write_text("1", encoding="utf-8")
    return tmp_path


def test_publishing_puts_files_and_settings_where_cloudfront_reads_them(s3: Any, built: Path) -> None:
    cloudfront: Any = boto3.client("cloudfront", region_name="us-east-1")
    made = cloudfront.create_distribution(DistributionConfig=_DISTRIBUTION)["Distribution"]["Id"]
    outputs = {
        "ConsoleBucket": BUCKET,
        "ConsoleDistribution": made,
        "ConsoleClientId": "client-1",
        "ConsoleScopes": "maru/chat maru/admin",
        "TokenUrl": "https://maru-dev.auth.example.com/oauth2/token",
    }
    console_publish.publish(boto3.Session(), outputs, built)
    page, script = (s3.head_object(Bucket=BUCKET, Key=key) for key in ("index.html", "assets/index-1a.js"))
    assert (page["ContentType"], page["CacheControl"]) == ("text/html", "no-cache")
    assert (script["ContentType"], "immutable" in script["CacheControl"]) == ("text/javascript", True)
    told = json.loads(s3.get_object(Bucket=BUCKET, Key="config.json")["Body"].read())
    assert told == {
        "sign_in": {
            "authorize_url": "https://maru-dev.auth.example.com/oauth2/authorize",
            "token_url": "https://maru-dev.auth.example.com/oauth2/token",
            "client_id": "client-1",
            "scopes": ["maru/chat", "maru/admin"],
        }
    }
    assert cloudfront.list_invalidations(DistributionId=made)["InvalidationList"]["Quantity"] == 1


_DISTRIBUTION = {
    "CallerReference": "x",
    "Comment": "",
    "Enabled": True,
    "Origins": {
        "Quantity": 1,
        "Items": [{"Id": "files", "DomainName": "b.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}],
    },
    "DefaultCacheBehavior": {"TargetOriginId": "files", "ViewerProtocolPolicy": "https-only", "MinTTL": 0},
}
