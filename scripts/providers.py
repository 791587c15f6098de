"""Writes what each provider can do into the READMEs, from the results of its tests; `--check` compares instead."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
TESTS = "tests/unit/models/providers/test_abilities.py"
BEGIN, END = "<!-- providers -->", "<!-- /providers -->"
#: The rows: a test of each provider, and what it shows, in English and Korean.
ROWS = {
    "text": ("Text", "텍스트"),
    "streaming": ("Streaming", "스트리밍"),
    "tool_calls": ("Tool calls, several at once", "도구 호출(여러 개 동시)"),
    "streamed_arguments": ("Streamed arguments", "인자 스트리밍"),
    "tool_choice": ("Tool choice", "도구 선택"),
    "functions": ("`functions` / `function_call`", "`functions` / `function_call`"),
    "images": ("Images in", "이미지 입력"),
    "json_schema": ("JSON schema", "JSON 스키마"),
    "json_schema_by_tool": ("JSON schema by a forced tool", "JSON 스키마(도구 강제)"),
    "json_object": ("JSON object", "JSON 객체"),
    "stop_reasons": ("Every stop reason", "모든 종료 사유"),
    "usage": ("Usage with cached tokens", "사용량(캐시 토큰 포함)"),
    "reasoning_tokens": ("Reasoning tokens", "추론 토큰 수"),
    "reasoning": ("Reasoning", "추론"),
    "errors": ("Errors and waits", "오류와 대기 시간"),
    "unsupported_fields": ("Unknown fields refused by name", "지원하지 않는 필드는 이름을 들어 거절"),
    "cut_at_every_byte": ("Cut at every byte", "모든 바이트에서 끊김"),
    "in_small_parts": ("In parts of 1, 7, 1024 bytes", "1·7·1024바이트 조각"),
    "death_midway": ("Death midway is told", "중간에 끊기면 알림"),
    "embeddings": ("Embeddings", "임베딩"),
}
NAMES = {"openai": "OpenAI, vLLM, …", "anthropic": "Anthropic", "bedrock": "Bedrock", "gemini": "Gemini", "sagemaker": "SageMaker vLLM"}

type Results = dict[tuple[str, str], list[str]]


def main() -> None:
    """Run the tests and write, or with ``--check`` compare; exits 1 where a test failed or a README says something else."""
    results = _results()
    stale = [name for index, name in enumerate(("README.md", "README.ko.md")) if not _put(ROOT / name, table(results, index))]
    if stale and "--check" in sys.argv:
        sys.exit(f"{', '.join(stale)}: the table of providers is not what the tests say; run python -m scripts.providers")


def table(results: Results, language: int) -> str:
    """Markdown; a cell is empty where the provider lacks the ability, with the reason below the table."""
    lines = ["| | " + " | ".join(NAMES.values()) + " |", "|---|" + "---|" * len(NAMES)]
    reasons: list[str] = []
    for row, words in ROWS.items():
        cells = [_cell(results.get((row, provider), []), reasons) for provider in NAMES]
        lines.append(f"| {words[language]} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", *(f"{index}. {reason}" for index, reason in enumerate(reasons, 1))])


def _cell(outcomes: list[str], reasons: list[str]) -> str:
    reason = next((one for one in outcomes if one != "passed"), None if outcomes else "not tested")
    if reason is None:
        return "✓"
    if reason not in reasons:
        reasons.append(reason)
    return f"({reasons.index(reason) + 1})"


def _results() -> Results:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", TESTS, "-q", f"--junitxml={report}"]
        if subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL).returncode:
            sys.exit(f"{TESTS} fails: there is no table to write")
        found: Results = {}
        for case in ET.parse(report).iter("testcase"):  # noqa: S314 - written a moment ago by pytest
            name, _, rest = str(case.get("name")).removeprefix("test_").partition("[")
            # Other parameters of a test may stand before or after the provider's name.
            provider = next((one for one in NAMES if one in rest.rstrip("]").split("-")), "")
            skipped = case.find("skipped")
            outcome = "passed" if skipped is None else str(skipped.get("message"))
            found.setdefault((name, provider), []).append(outcome)
        return found


def _put(readme: Path, text: str) -> bool:
    """Replace what stands between the marks; gives whether it stood there already."""
    before, _, rest = readme.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    new = f"{before}{BEGIN}\n{text}\n{END}{after}"
    same = new == readme.read_text()
    if not same and "--check" not in sys.argv:
        readme.write_text(new)
    return same


if __name__ == "__main__":
    main()
