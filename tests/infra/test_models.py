"""What the functions' role may call of the models that a stage names."""

from aws_cdk import App, Stack

from infra.models import bedrock_arns, endpoint_arns
from maru.models.catalogue import Alias


def alias(**target: str) -> Alias:
    """A chat alias with one target that AWS signs."""
    one = {"base_url": "https://bedrock-runtime.us-east-1.amazonaws.com", "auth": "aws", "region": "us-east-1", **target}
    return Alias.model_validate({"alias": "a", "kind": "chat", "targets": [one]})


def test_models_profiles_and_arns_of_bedrock() -> None:
    stack = Stack(App(), "s")
    own = "arn:aws:bedrock:us-east-1:123456789012:imported-model/abc"
    models = ("amazon.nova-lite-v1:0", "us.anthropic.claude:0", own)
    arns = bedrock_arns(stack, [alias(provider="bedrock", model=model) for model in models])
    assert own in arns
    assert any(one.endswith("foundation-model/amazon.nova-lite-v1:0") for one in arns)
    assert any(one.endswith("inference-profile/us.anthropic.claude:0") for one in arns)
    assert any(":*::foundation-model/anthropic.claude:0" in one for one in arns)


def test_only_the_named_endpoint_and_component() -> None:
    stack = Stack(App(), "s")
    named = alias(provider="sagemaker", model="m", endpoint="vllm", component="llama")
    assert bedrock_arns(stack, [named]) == []
    assert [one.rsplit(":", 1)[1] for one in endpoint_arns(stack, [named])] == ["endpoint/vllm", "inference-component/llama"]
