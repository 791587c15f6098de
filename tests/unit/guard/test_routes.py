"""Every text that a route takes is guarded before a model reads it, or has its reason here: a new field needs a line.

Chat completions have a walk of their own through every field (`test_parameters`), and so have answers.
"""

import json
from pathlib import Path
from typing import Any

import pytest

API = json.loads((Path(__file__).parents[3] / "functions/admin/openapi.json").read_text(encoding="utf-8"))
SCHEMAS: dict[str, Any] = API["components"]["schemas"]

_NAMED = "a name, an id or a rule of Maru's own: looked up or compared, and no model reads it"
_SHOWN = "kept and shown to people; no model reads it"
_PROMPT = "rendered into messages, which pass `completions` as those of chat completions do (test_prompts, test_guarded_work)"
_PASSAGE = "passes `ingestion` as it is stored, and the policy of whoever searches at `passage` (test_documents, test_guarded_texts)"
_BUILT = "`history`, when the agent is made and at each answer (test_guarded_agents)"
_RUN = "passes the policy of each step: `completions`, `default`, or the step's own (test_guarded_work)"

#: What becomes of a text, by the shape of a request and its field. ``*`` is every field.
TOLD: dict[str, dict[str, str]] = {
    "ChatRequest": {"*": "test_parameters"},
    "AgentChat": {"message": "`input` (test_guarded_agents)", **dict.fromkeys(("session_id", "model", "vector_stores"), _NAMED)},
    "Agent": {
        "instructions": _BUILT,
        "prompt_variables": _BUILT,
        "tools": _BUILT,
        "description": _SHOWN,
        **dict.fromkeys(("prompt", "model", "vector_stores", "rerank", "policy", "name"), _NAMED),
    },
    "Tool": {
        "description": _BUILT,
        "parameters": _BUILT,
        "name": _BUILT + "; one that would have to be changed is blocked",
        "result": "what a tool gives is held against it; no model reads it",
        "target": _NAMED,
    },
    "EmbeddingRequest": {"input": "`input` of `embeddings` (test_guarded_texts)", "user": "as `input`, else a digest", "model": _NAMED},
    "SearchRequest": {
        "query": "`input` of `search`; a rewriting is made of what that let through (test_guarded_texts)",
        **dict.fromkeys(("filters", "ranking_options"), _NAMED),
    },
    "ModerationRequest": {"input": "is what the check itself reads; images go to the alias that judges them", "model": _NAMED},
    "TextRequest": {
        **dict.fromkeys(("text", "title", "attributes"), _PASSAGE),
        **dict.fromkeys(("id", "acl", "data_class", "chunking_strategy"), _NAMED),
    },
    "Body_create_file_v1_files_post": {**dict.fromkeys(("file", "attributes"), _PASSAGE), **dict.fromkeys(("acl", "data_class"), _NAMED)},
    "Body_attach_to_session_v1_attachments_post": {"file": _PASSAGE, **dict.fromkeys(("session_id", "file_id"), _NAMED)},
    "Body_create_part_v1_uploads__upload_id__parts_post": {"data": _PASSAGE},
    "UploadRequest": {
        **dict.fromkeys(("filename", "attributes"), _PASSAGE),
        **dict.fromkeys(("mime_type", "expires_after", "acl", "data_class"), _NAMED),
    },
    "AttachRequest": {"attributes": _PASSAGE, **dict.fromkeys(("file_id", "chunking_strategy"), _NAMED)},
    "AttributesRequest": {"attributes": _PASSAGE},
    "BatchRequest": {**dict.fromkeys(("files", "attributes"), _PASSAGE), **dict.fromkeys(("file_ids", "chunking_strategy"), _NAMED)},
    "SourceRequest": {
        "attributes": _PASSAGE,
        **dict.fromkeys(("url", "vector_store_id", "acl", "data_class", "include", "exclude", "branch"), _NAMED),
    },
    "NewRun": {"input": _RUN, "version": _NAMED},
    "NewReplay": {"input": _RUN, **dict.fromkeys(("from_step", "prompts", "version"), _NAMED)},
    "NewVersion": {
        **dict.fromkeys(("messages", "variables", "parameters"), _PROMPT),
        "description": _SHOWN,
        **dict.fromkeys(("model", "name", "labels"), _NAMED),
    },
    "Trial": {"variables": _PROMPT, **dict.fromkeys(("version", "model"), _NAMED)},
    "ScenarioTrial": {"cases": _PROMPT, **dict.fromkeys(("version", "model"), _NAMED)},
    "Rendering": {"variables": "rendered for the caller alone", "version": _NAMED},
    "GraphqlRequest": {"*": "asks for rows for the caller; what agents get of them is `tool_result`, row by row"},
    "Feedback": {**dict.fromkeys(("comment", "correction"), _SHOWN), **dict.fromkeys(("message_id", "session_id"), _NAMED)},
    "Rename": {"title": _SHOWN},
    "StoreRequest": {
        **dict.fromkeys(("name", "description", "metadata"), _SHOWN),
        **dict.fromkeys(("file_ids", "chunking_strategy", "embedding_model", "engine"), _NAMED),
    },
}
#: Shapes that change some of another's fields.
SAME = {"AgentChange": "Agent", "ToolChange": "Tool", "StoreChange": "StoreRequest", "SourceChange": "SourceRequest"}
_ADMINISTRATION = "administration: nothing of it goes to a model"
_OWN = "the guard's own: texts are read by the checks of the policy that is tried"
#: Shapes none of whose texts a model reads.
UNTOLD: dict[str, str] = {
    **dict.fromkeys(
        (
            "ApprovalDecision", "BudgetRequest", "ChainLabel", "ChainSwitch", "CompleteRequest", "Decision", "ErasureRequest", "Handling",
            "IdentityRequest", "ImportRequest", "KeyRequest", "LabelChange", "MetadataChange", "RebuildRequest", "Redrive",
            "RedriveRequest", "RetentionRequest", "RightsRequest", "TenantChange", "TenantRequest",
        ),
        _ADMINISTRATION,
    ),
    **dict.fromkeys(("CheckRequest", "EvaluationRequest", "Patch"), _OWN),
}  # fmt: skip
#: Bodies without a shape of their own.
SHAPELESS = {
    ("/v1/chains", "post"): "a chain's steps, which pass their policies when they run",
    ("/v1/chains/validate", "post"): "compiled, and forgotten",
    ("/v1/guard/policies", "post"): _OWN,
}


def bodies() -> dict[str, tuple[str, str]]:
    """The shapes that routes take, each with one of them; "" stands for bodies without a shape."""
    found: dict[str, tuple[str, str]] = {}
    for path, methods in API["paths"].items():
        for method, route in methods.items():
            for content in (route.get("requestBody") or {}).get("content", {}).values() if isinstance(route, dict) else ():
                name = str(content["schema"].get("$ref", "")).rpartition("/")[2]
                found[name or f"{method} {path}"] = path, method
    return found


def holds_text(shape: dict[str, Any], seen: tuple[str, ...] = ()) -> bool:
    """Whether a caller may write what it likes somewhere in a value of this shape."""
    if "$ref" in shape:
        name = shape["$ref"].rpartition("/")[2]
        return name not in seen and holds_text(SCHEMAS[name], (*seen, name))
    if "enum" in shape or "const" in shape:
        return False
    if arms := [arm for kind in ("anyOf", "oneOf", "allOf") for arm in shape.get(kind, ())]:
        return any(holds_text(arm, seen) for arm in arms)
    if shape.get("type") == "array":
        return holds_text(shape.get("items", {}), seen)
    if shape.get("type") == "object":
        fields = shape.get("properties", {})
        return bool(shape.get("additionalProperties")) or not fields or any(holds_text(one, seen) for one in fields.values())
    return shape.get("type") in {"string", None}


def test_every_shape_of_a_request_is_told_or_has_its_reason() -> None:
    shapeless = {f"{method} {path}" for path, method in SHAPELESS}
    assert set(bodies()) == TOLD.keys() | SAME.keys() | UNTOLD.keys() | shapeless


@pytest.mark.parametrize("name", sorted(TOLD.keys() | SAME.keys()))
def test_every_text_of_a_shape_has_its_line(name: str) -> None:
    lines = TOLD[SAME.get(name, name)]
    texts = {field for field, shape in SCHEMAS[name]["properties"].items() if holds_text(shape)}
    if "*" not in lines:
        assert texts <= lines.keys() if name in SAME else texts == lines.keys()
