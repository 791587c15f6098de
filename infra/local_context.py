"""The one place that says how the local run's stack differs from a stage in the cloud; the template is the same otherwise.

* functions are built for this machine's architecture, and their third-party packages are those of the local environment:
  the vendor layer is empty;
* uvicorn runs the HTTP functions' applications itself: no web adapter;
* vectors live in an SQLite file; a model server stands on this machine;
* buckets and tables go with the stack, and nothing empties buckets on deletion (the embedded AWS hangs on that).

Where things stand on this machine (ports, folders) is not part of the template: those are the parameters below.
"""

import platform

from infra.stages import Stage

REGION = "ap-northeast-2"
ACCOUNT = "000000000000"  # the embedded AWS has this one

#: Parameters of the local stack, filled in by `make run` at each start.
PARAMETERS = {
    "AwsEndpoint": "URL of the embedded AWS, where Cognito serves its keys",
    "DataDir": "Folder of the embedded vector store",
    "ModelUrl": "OpenAI-compatible base URL that the default chat alias points at",
    "ModelKey": "Key for ModelUrl",
    "ModelName": "Model name at ModelUrl",
    "EmbedUrl": "OpenAI-compatible base URL that the default embedding alias points at",
    "EmbedKey": "Key for EmbedUrl",
    "EmbedName": "Model name at EmbedUrl",
}

#: Settings of functions that are such parameters, by the setting's name.
SETTINGS: dict[str, str] = {}


def stage() -> Stage:
    """The stage of `make run`."""
    return Stage(
        "local",
        REGION,
        "sqlite",
        keep_data=False,
        log_days=7,
        audit_days=400,
        requests_per_second=10_000,
        burst=5_000,
        cors_origins=("*",),
        architecture="arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64",
        local=True,
    )
