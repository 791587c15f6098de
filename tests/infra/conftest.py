"""Templates of every stage, synthesised once a session without credentials, and what tests ask of them."""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra import local_context
from infra.app import build, new_app, stage_of

type Template = dict[str, Any]
type Synthesise = Callable[..., Template]


@pytest.fixture(scope="session")
def synthesise(tmp_path_factory: pytest.TempPathFactory) -> Synthesise:
    """Synthesises the stage of a context; packages are not bundled (a test of its own does that)."""
    made: dict[str, Template] = {}
    # The parent of a parallel process's folder is the run's own: what one process synthesised the others read.
    shared = tmp_path_factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else tmp_path_factory.getbasetemp()

    def synthesise(**context: str) -> Template:
        key = json.dumps(context, sort_keys=True)
        if key not in made:
            made[key] = _once(shared / f"template-{hashlib.sha256(key.encode()).hexdigest()[:16]}.json", context)
        return made[key]

    return synthesise


def _once(file: Path, context: dict[str, str]) -> Template:
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            file.with_suffix(".new").write_text(json.dumps(_template(file.with_suffix(""), context)), encoding="utf-8")
            file.with_suffix(".new").rename(file)
    template: Template = json.loads(file.read_text(encoding="utf-8"))
    return template


def _template(folder: Path, context: dict[str, str]) -> Template:
    app = new_app(str(folder), **{**context, "aws:cdk:bundling-stacks": []})
    stack = build(app, stage_of(app))
    template: Template = app.synth().get_stack_by_name(stack.stack_name).template
    return template


@pytest.fixture(scope="session", params=["dev-opensearch", "prod-opensearch", "dev-s3vectors", "dev-none", "local"])
def template(request: pytest.FixtureRequest, synthesise: Synthesise) -> Template:
    """Each stage in turn."""
    stage, _, vector_store = request.param.partition("-")
    return synthesise(stage=stage, **({"vector_store": vector_store} if vector_store else {}))


@pytest.fixture(scope="session")
def dev(synthesise: Synthesise) -> Template:
    """The stage `dev` with its search domain, in Seoul."""
    return synthesise(stage="dev", vector_store="opensearch", region=local_context.REGION)
