"""Deploys a synthesised cloud assembly into the embedded AWS with CloudFormation, as `cdk deploy` does into a real one."""

import io
import json
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

ACCOUNT = "000000000000"  # the account of the embedded AWS
_QUALIFIER = "hnb659fds"  # the CDK's default bootstrap qualifier
_TIMEOUT_SECONDS = 180.0


class DeployError(Exception):
    """The stack did not come up; the message names the resources that failed and why."""


def deploy(session: Any, assembly: Path, stack: str, *, region: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Create or update `stack` from the assembly; returns its outputs. Raises :class:`DeployError`."""
    bucket = f"cdk-{_QUALIFIER}-assets-{ACCOUNT}-{region}"
    template_key = _publish(session.client("s3"), assembly, stack, bucket, region)
    cloudformation = session.client("cloudformation")
    session.client("ssm").put_parameter(Name=f"/cdk-bootstrap/{_QUALIFIER}/version", Value="30", Type="String", Overwrite=True)
    request = {
        "StackName": stack,
        "TemplateURL": f"{cloudformation.meta.endpoint_url}/{bucket}/{template_key}",
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
    }
    if _existing(cloudformation, stack) is None:
        cloudformation.create_stack(**request)
    elif not _update(cloudformation, request):
        return outputs(cloudformation, stack)
    _wait(cloudformation, stack)
    return outputs(cloudformation, stack)


def outputs(cloudformation: Any, stack: str) -> dict[str, str]:
    """The outputs of a deployed stack by name."""
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {item["OutputKey"]: item["OutputValue"] for item in described.get("Outputs", [])}


def _publish(s3: Any, assembly: Path, stack: str, bucket: str, region: str) -> str:
    """Upload every asset that is not there yet; returns the key of the template."""
    present = _make_bucket(s3, bucket, region)
    files = json.loads((assembly / f"{stack}.assets.json").read_text(encoding="utf-8"))["files"]
    template_key = ""
    for asset in files.values():
        source = assembly / asset["source"]["path"]
        for destination in asset["destinations"].values():
            key = destination["objectKey"]
            if source.name.endswith(".template.json"):
                template_key = key
            if key not in present:
                body = _zipped(source) if asset["source"]["packaging"] == "zip" else source.read_bytes()
                s3.put_object(Bucket=bucket, Key=key, Body=body)
    return template_key


def _make_bucket(s3: Any, bucket: str, region: str) -> set[str]:
    try:
        return {item["Key"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])}
    except ClientError:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
        return set()


def _zipped(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return buffer.getvalue()


def _existing(cloudformation: Any, stack: str) -> str | None:
    try:
        status = str(cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
    except ClientError:
        return None
    if status in {"ROLLBACK_COMPLETE", "CREATE_FAILED", "DELETE_COMPLETE"}:
        cloudformation.delete_stack(StackName=stack)
        return None
    return status


def _update(cloudformation: Any, request: dict[str, Any]) -> bool:
    try:
        cloudformation.update_stack(**request)
    except ClientError as error:
        if "No updates" in str(error):
            return False
        raise
    return True


def _wait(cloudformation: Any, stack: str) -> None:
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        status = described["StackStatus"]
        if status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            return
        if not status.endswith("_IN_PROGRESS"):
            raise DeployError(f"{stack}: {status}. {described.get('StackStatusReason', '')} {_failures(cloudformation, stack)}")
        time.sleep(0.1)
    raise DeployError(f"{stack} did not come up within {_TIMEOUT_SECONDS:.0f} s.")


def _failures(cloudformation: Any, stack: str) -> str:
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    return "; ".join(f"{event['LogicalResourceId']} ({event['ResourceType']}): {event.get('ResourceStatusReason', '')}" for event in failed)
