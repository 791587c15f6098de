"""Carries on the runs of chains whose execution is gone, on a stage in the cloud: `make recover STAGE=dev REGION=…`.

A schedule does the same every five minutes; this does it now, after a disaster.
"""

import argparse
import json
from typing import Any

from local.deploy import outputs


def main() -> None:
    """Ask the stage's worker to sweep, and print what it did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--region")
    arguments = parser.parse_args()
    import boto3

    print(json.dumps(recover(boto3.Session(region_name=arguments.region), f"maru-{arguments.stage}")))


def recover(session: Any, stack: str) -> Any:
    """What the sweep counted: runs open, restarted and failed, approvals waiting, expired and reminded of."""
    function = outputs(session.client("cloudformation"), stack)["StepFunction"]
    payload = json.dumps({"task": "sweep"}).encode()
    answer = session.client("lambda").invoke(FunctionName=f"{function}:live", Payload=payload)
    told = json.load(answer["Payload"])
    if answer.get("FunctionError"):
        raise SystemExit(f"The sweep failed: {told.get('errorType')}. Its log says why.")
    return told


if __name__ == "__main__":
    main()
