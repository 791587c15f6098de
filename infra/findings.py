"""cdk-nag's findings that Maru accepts, each with its reason."""

from typing import TYPE_CHECKING

from aws_cdk import CfnElement
from constructs import IConstruct

from infra.constructs.gpu import COMPONENT_METRICS
from infra.constructs.native import native
from infra.grants import OWN_PREFIXES
from infra.nag import accept
from maru.chains.triggers import EVENTS

if TYPE_CHECKING:
    from infra.stack import MaruStack

_AUTHENTICATION = (
    "The functions authenticate every call themselves (API keys and tokens), so that each way of running them is equally closed."
)
_SIGNED = "The domain answers signed requests of roles that its policy and theirs name; `vpc_id` puts it into a network."
_LOG_ROLE = "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]"

_EVERYWHERE = {
    "APIG2": "Bodies are validated by the functions, which answer with OpenAI's error object.",
    "APIG3": "A web ACL costs every stage a monthly fee and blocks long prompts by default; organisations attach their own.",
    "APIG4": _AUTHENTICATION,
    "COG2": "Second factors are offered; the organisation's policy decides who must have one.",
    "COG4": _AUTHENTICATION,
    "COG8": "Threat protection is priced by user; this pool issues tokens to programs.",
    _LOG_ROLE: "The account-wide role with which API Gateway writes its logs; AWS offers this policy for exactly that.",
    "IAM5[Resource::*]": (
        "X-Ray, Comprehend, Textract, reranking, ECR's token, Step Functions' logs and validation, network interfaces know no resources."
    ),
    "L1": "Functions run on Python 3.13, which all locked packages have wheels for; the deletion helper's runtime is CDK's own.",
    "SMG4": "Providers' keys and the first operator key are rotated by their owners: no service could make new ones.",
}

_CONSOLE = {
    "CFR1": "Who may come from where is the organisation's rule: its web ACL comes by context.",
    "CFR2": "A web ACL comes by context (`web_acl_arn`); it costs a monthly fee.",
    "CFR3": "The files are the same for everybody, and API Gateway logs every call; CloudFront's own log would need a bucket with ACLs.",
    "CFR4": "CloudFront's own certificate fixes its protocols; the minimum here holds as soon as a stage has a name of its own.",
}

_SEARCH = {
    "OS1": _SIGNED,
    "OS3": _SIGNED,
    "OS4": "Dedicated masters triple the price of a small domain; Maru can index everything anew from its bucket.",
    "OS7": "One node in a stage to throw away; stages that keep data have two zones.",
    "OS9[LogExport::SEARCH_SLOW_LOGS]": "Slow logs hold the words people searched for.",
    "OS9[LogExport::INDEX_SLOW_LOGS]": "Slow logs hold the texts of documents.",
}


def accept_all(stack: "MaruStack") -> None:
    """Acknowledge what is meant to be as it is; anything else fails the synthesis."""
    accept(stack, _EVERYWHERE | _objects(stack) | _machines(stack))
    indexes = f"IAM5[Resource::arn:<AWS::Partition>:s3vectors:{stack.region}:<AWS::AccountId>:bucket"
    reason = "The adapter makes an index a tenant and length of vectors in this bucket."
    accept(stack, {f"{indexes}/{bucket}/index/*]": reason for bucket in stack.vector_buckets()})
    if stack.console:
        accept(stack, _CONSOLE)
    if stack.data:
        accept(stack, _data(stack))
    if stack.gpu:
        group = f"log-group:{COMPONENT_METRICS}/{stack.gpu.component_name}:log-stream:*"
        reason = "SageMaker names the streams of the component's own log group."
        accept(stack, {f"IAM5[Resource::arn:<AWS::Partition>:logs:{stack.region}:<AWS::AccountId>:{group}]": reason})
    if stack.search:
        own = {
            f"IAM5[Resource::<{_id(stack, stack.search.domain)}.Arn>/*]": "The domain's indices are made by Maru itself.",
            f"IAM5[Resource::<{_id(stack, stack.search.snapshots)}.Arn>/*]": "All that lies in the bucket are the domain's snapshots.",
        }
        accept(stack, _SEARCH | own)


def _data(stack: "MaruStack") -> dict[str, str]:
    assert stack.data  # noqa: S101 - asked for only where there is one
    group = f"log-group:/aws/appsync/apis/<{stack.get_logical_id(stack.data.api)}.ApiId>:*"
    return {
        "ASC3": "Errors are logged; documents and rows, which the log would hold otherwise, are not.",
        f"IAM5[Resource::arn:<AWS::Partition>:logs:{stack.region}:<AWS::AccountId>:{group}]": "AppSync names the streams of the API's log.",
    }


def _objects(stack: "MaruStack") -> dict[str, str]:
    own = [f"{_id(stack, stack.storage.own)}.Arn>/{prefix}/*" for prefix in (*OWN_PREFIXES, "idempotency", "completions", "runs")]
    door = f"{_id(stack, stack.storage.door)}.Arn>"
    reason = "Keys of objects name tenants and files: below these prefixes all of them are Maru's."
    return {f"IAM5[Resource::<{resource}]": reason for resource in (*own, f"{door}/*", f"{door}/*/{EVENTS}/*")}


def _machines(stack: "MaruStack") -> dict[str, str]:
    where = f"arn:<AWS::Partition>:states:{stack.region}:<AWS::AccountId>"
    reason = "Machines of tenants' chains are made at run time: below the stage's own prefix all of them are Maru's."
    names = (f"stateMachine:maru-{stack.stage.name}-*", f"execution:maru-{stack.stage.name}-*:*")
    return {f"IAM5[Resource::{where}:{name}]": reason for name in names}


def _id(stack: "MaruStack", resource: IConstruct) -> str:
    return stack.get_logical_id(native(resource, CfnElement))
