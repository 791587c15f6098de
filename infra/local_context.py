"""The one place that says how the local run's stack differs from a stage in the cloud; the template is the same otherwise.

* functions are built for this machine's architecture, and their third-party packages are those of the local environment:
  the vendor layer is empty;
* uvicorn runs the HTTP functions' applications itself: no web adapter;
* vectors live in an SQLite file; a model server stands on this machine;
* two batches of documents at a time, as a machine has fewer processors than an account;
* documents from 4 MiB on are large ones, so that the machine for them is in use here too;
* buckets and tables go with the stack, and nothing empties buckets on deletion (the embedded AWS hangs on that).

Where things stand on this machine (ports, folders) is not part of the template: those are the parameters below.
"""

import platform

from infra.stages import Stage

REGION = "ap-northeast-2"
ACCOUNT = "000000000000"  # the embedded AWS has this one

#: Parameters of the local stack, filled in by `make run` at each start; empty means: not set.
PARAMETERS = {
    "AwsEndpoint": "URL of the embedded AWS, where Cognito serves its keys",
    "DataDir": "Folder of the embedded vector store",
    "SourceHosts": "Hosts that sources may read, as the inside of a JSON list of strings",
    "DataUrl": "PostgreSQL replica that the views of catalogue/data.yaml are read on",
    "VectorEngines": "Further engines of vector stores, as the setting VECTOR_ENGINES",
    "LocalUrl": "OpenAI-compatible base URL of the bundled model server",
    "ModelUrl": "OpenAI-compatible base URL that the default chat alias points at",
    "ModelName": "Model name at ModelUrl",
    "ModelKey": "Key for ModelUrl",
    "EmbedUrl": "OpenAI-compatible base URL that the default embedding alias points at",
    "EmbedName": "Model name at EmbedUrl",
    "EmbedKey": "Key for EmbedUrl",
    "EmbedDimensions": "Length of the vectors of EmbedName",
    "RerankUrl": "Base URL of a reranking server that speaks Jina's protocol",
    "RerankName": "Model name at RerankUrl",
    "RerankKey": "Key for RerankUrl",
    "OpenaiApiKey": "Key for OpenAI",
    "AnthropicApiKey": "Key for Anthropic",
    "GeminiApiKey": "Key for Google's Gemini",
}
SECRET_PARAMETERS = {"DataUrl", "VectorEngines", "ModelKey", "EmbedKey", "RerankKey", "OpenaiApiKey", "AnthropicApiKey", "GeminiApiKey"}

#: What the parameters are called in `catalogue/models.yaml`.
CATALOGUE_VALUES = {
    "LOCAL_URL": "LocalUrl",
    "MODEL_URL": "ModelUrl",
    "MODEL_NAME": "ModelName",
    "EMBED_URL": "EmbedUrl",
    "EMBED_NAME": "EmbedName",
    "EMBED_DIMENSIONS": "EmbedDimensions",
    "RERANK_URL": "RerankUrl",
    "RERANK_NAME": "RerankName",
}
CATALOGUE_KEYS = {
    "MODEL_KEY": "ModelKey",
    "EMBED_KEY": "EmbedKey",
    "RERANK_KEY": "RerankKey",
    "OPENAI_API_KEY": "OpenaiApiKey",
    "ANTHROPIC_API_KEY": "AnthropicApiKey",
    "GEMINI_API_KEY": "GeminiApiKey",
}


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
        ingest_concurrency=2,
        large_document_mib=4,
        cors_origins=("*",),
        architecture="arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64",
        local=True,
    )
