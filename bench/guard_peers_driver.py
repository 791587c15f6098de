"""Runs Presidio and LLM Guard in their own folder for `bench.guard_peers`: JSON in, a line of JSON out; imports nothing of Maru."""

import importlib.metadata
import importlib.util
import json
import logging
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

_MODEL = "en_core_web_lg"


def main() -> None:
    """Answer what stands on the standard input."""
    asked = json.load(sys.stdin)
    versions = {name: importlib.metadata.version(name) for name in ("presidio-analyzer", "llm-guard")}
    told = {"versions": versions, "presidio": _presidio(asked), "llm_guard": _llm_guard(asked)}
    sys.stdout.write("\n" + json.dumps(told) + "\n")


def _presidio(asked: dict[str, Any]) -> dict[str, Any]:
    logging.disable(logging.CRITICAL)
    spacy: Any = importlib.import_module("spacy")
    engines: Any = importlib.import_module("presidio_analyzer.nlp_engine")
    named = bool(spacy.util.is_package(_MODEL))
    engine = engines.SpacyNlpEngine(models=[{"lang_code": "en", "model_name": _MODEL}])
    if named:
        engine.load()
    else:
        engine.nlp = {"en": spacy.blank("en")}
    analyzer = importlib.import_module("presidio_analyzer").AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])

    def spans(text: str) -> list[tuple[str, int, int]]:
        return [(one.entity_type, one.start, one.end) for one in analyzer.analyze(text, language="en", score_threshold=0.4)]

    names = f"Presidio with {_MODEL}" if named else "Presidio without a spaCy model: its patterns alone"
    return {"ms": _spent(spans, asked["texts"]), "spans": [spans(text) for text in asked["rows"]], "names": names}


def _llm_guard(asked: dict[str, Any]) -> dict[str, Any]:
    """Its scanner of secrets, without the package's own beginning, which imports those that need models."""
    spec = importlib.util.find_spec("llm_guard")
    assert spec is not None
    assert spec.origin is not None
    root = Path(spec.origin).parent.parent
    for name in ("llm_guard", "llm_guard.input_scanners"):
        package: Any = types.ModuleType(name)
        package.__path__ = [str(root / name.replace(".", "/"))]
        sys.modules[name] = package
    structlog: Any = importlib.import_module("structlog")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    scanner = importlib.import_module("llm_guard.input_scanners.secrets").Secrets()

    def found(text: str) -> bool:
        return not scanner.scan(text)[1]

    ms = _spent(found, asked["texts"])
    return {"ms": ms, "found": sum(map(found, asked["secrets"])), "wrong": sum(map(found, asked["texts"]))}


def _spent(work: Callable[[str], object], texts: list[str]) -> float:
    spent = 0.0
    for _ in range(2):
        began = time.process_time()
        for text in texts:
            work(text)
        spent = time.process_time() - began
    return spent * 1000 / len(texts)


if __name__ == "__main__":
    main()
