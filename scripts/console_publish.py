"""Puts the built console into a stage's bucket: `python -m scripts.console_publish --stage dev`, which `make deploy` does at its end."""

import argparse
import json
import mimetypes
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3

from scripts import console

#: What Vite names by its content never changes; everything else is asked for anew each time.
_FOREVER, _EACH_TIME = "public, max-age=31536000, immutable", "no-cache"
_TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".bcmap": "application/octet-stream"}


def main() -> None:
    """Build, upload, and have CloudFront forget the old pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--region")
    arguments = parser.parse_args()
    session = boto3.Session(region_name=arguments.region)
    (stack,) = session.client("cloudformation").describe_stacks(StackName=f"maru-{arguments.stage}")["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    if "ConsoleBucket" not in outputs:
        raise SystemExit("This stage has no console: deploy it first.")
    publish(session, outputs, console.build(print))
    print(f"The console: {outputs['ConsoleUrl']}")


def publish(session: Any, outputs: Mapping[str, str], folder: Path) -> None:
    """Upload `folder` and the settings of this stage; pages come last, so that none names a script that is not there yet."""
    s3 = session.client("s3")
    for file in sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.suffix == ".html"):
        name = file.relative_to(folder).as_posix()
        kind = _TYPES.get(file.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        caching = _FOREVER if name.startswith("assets/") else _EACH_TIME
        s3.put_object(Bucket=outputs["ConsoleBucket"], Key=name, Body=file.read_bytes(), ContentType=kind, CacheControl=caching)
    settings = json.dumps(sign_in(outputs)).encode()
    s3.put_object(
        Bucket=outputs["ConsoleBucket"], Key="config.json", Body=settings, ContentType="application/json", CacheControl=_EACH_TIME
    )
    session.client("cloudfront").create_invalidation(
        DistributionId=outputs["ConsoleDistribution"],
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": str(time.time_ns())},
    )


def sign_in(outputs: Mapping[str, str]) -> dict[str, Any]:
    """What the console is told of this stage's sign-in service; `console/src/app/oidc.ts` reads it."""
    host = outputs["TokenUrl"].removesuffix("/token")
    scopes = outputs["ConsoleScopes"].split()
    service = {
        "authorize_url": f"{host}/authorize",
        "token_url": outputs["TokenUrl"],
        "client_id": outputs["ConsoleClientId"],
        "scopes": scopes,
    }
    return {"sign_in": service}


if __name__ == "__main__":
    main()
