"""Ways through the shipped chains: inputs, what models say and what people decide, so that each state of each machine is entered."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from local.models.steps import End, Fail, Text
from maru.dynamo import Item
from maru.identity import Caller
from tests.chain_world import BOSS, MINJI, World
from tests.engines.scripted_server import ScriptedServer
from tests.fakes.passages import Passages, passage

CHAINS, SAMPLES = Path("catalogue/chains"), Path("events/chains/runs")
RECEIVER = "RECEIVER"  # stands for the receiver's address in inputs
NO_SAMPLE = "-"
_BROKEN = "I write no JSON."
_LEAVE = "Full-time employees receive 25 days of annual leave"
_KOREAN_LEAVE = "환불은 결제일부터 7일 이내에 신청할 수 있습니다"
_FINDING = {"file": "app.py", "line": 4, "severity": "high", "reason": "shell injection", "code": 'os.system("rm " + name)'}
_FINDINGS = json.dumps({"findings": [_FINDING, _FINDING | {"line": 99, "code": "eval(x)"}]})
_REAL = json.dumps({"verdicts": [{"finding": 1, "real": True, "reason": "it is"}]})
_UNREAL = json.dumps({"verdicts": [{"finding": 1, "real": False, "reason": "it is not"}]})
_PAGES = ["A page. " + "words and more of them " * 180] * 5


def documents() -> Passages:
    """What searches find: for those in the group `hr`, nothing for others."""
    held = [
        passage("Full-time employees receive 25 days of annual leave. Requests are made three days before.", file_id="file-a"),
        passage("환불은 결제일부터 7일 이내에 신청할 수 있습니다. 담당자가 확인한 뒤 처리합니다.", file_id="file-b"),
    ]
    return Passages(held, acl={"file-a": {"group:hr"}, "file-b": {"group:hr"}})


@dataclass(frozen=True)
class Way:
    """``given`` is added to the chain's sample. ``says`` is what a model answers, by the first property that its schema requires, or
    under `text` where it has none; a number is a status of failure, told once under `once`. ``decides`` are the decisions about the
    approvals in the order of their titles; ``ends_at`` is the step at whose beginning the run is ended from outside."""

    chain: str
    name: str
    given: Mapping[str, Any] = field(default_factory=dict)
    sample: str = ""
    without: tuple[str, ...] = ()
    says: Mapping[str, str | int] = field(default_factory=dict)
    decides: tuple[str, ...] = ()
    caller: Caller = MINJI
    cap: float | None = None
    ends_at: tuple[str, ...] = ()
    status: str = "completed"

    def input(self, receiver: str) -> dict[str, Any]:
        """What the run is given."""
        sample = SAMPLES / f"{self.sample or self.chain}.json"
        found = {} if self.sample == NO_SAMPLE else json.loads(sample.read_text(encoding="utf-8"))
        whole = {name: value for name, value in {**found, **self.given}.items() if name not in self.without}
        return {name: receiver if value == RECEIVER else value for name, value in whole.items()}


def _alike(chain: str, name: str, **way: Any) -> tuple[Way, Way]:
    """A way in both languages."""
    given = way.pop("given", {})
    return tuple(Way(chain, f"{name}, {one}", {**given, "language": one}, **way) for one in ("ko", "en"))  # type: ignore[return-value]  # two


WAYS: tuple[Way, ...] = (
    Way("answer_checked", "it holds", {"question": f"How many?\nsay: {_LEAVE} [1]."}),
    Way("answer_checked", "nothing is found", caller=BOSS),
    Way("answer_checked", "the small model is out", {"question": f"How many?\nsay: {_LEAVE} [1]."}, says={"once": 503}),
    Way("answer_checked", "repaired", {"question": f"Many?\nsay: {_LEAVE.replace('25', '30')} [1].\\nsay: {_LEAVE} [1].\\nthen:"}),
    Way(
        "answer_checked",
        "a checker without JSON, refused",
        {"question": f"How many?\nsay: {_LEAVE.replace('25', '30')} [1]."},
        says={"verdicts": _BROKEN},
    ),
    Way(
        "answer_checked",
        "a checker without JSON, refused, ko",
        {"question": f"환불은?\nsay: {_KOREAN_LEAVE.replace('7', '70')} [2].", "language": "ko"},
        says={"verdicts": _BROKEN},
    ),
    Way("answer_checked", "too dear", cap=1e-7, status="failed"),
    *_alike("code_review", "a finding that is real", says={"findings": _FINDINGS, "verdicts": _REAL}),
    Way("code_review", "a finding that is refused", says={"findings": _FINDINGS, "verdicts": _UNREAL}),
    *_alike("code_review", "a second model without JSON", says={"findings": _FINDINGS, "verdicts": _BROKEN}),
    *_alike("code_review", "a first model without JSON", says={"findings": _BROKEN}),
    Way("code_review", "too dear", cap=1e-7, status="failed"),
    *_alike("compare", "marks"),
    *_alike("compare", "judges without JSON", says={"first": _BROKEN}),
    Way("compare", "no model answers", says={"text": 400}, status="failed"),
    Way("compare", "ended while models write", ends_at=("ask_small", "ask_default", "ask_large"), status="cancelled"),
    *_alike("document_digest", "one group"),
    *_alike("document_digest", "several groups", given={"pages": _PAGES}, says={"text": f"{'long' * 250} " * 15}),
    *_alike("document_digest", "nothing is left", says={"text": " "}),
    Way("document_digest", "too dear", cap=1e-7, status="failed"),
    Way("support", "refund, approved", decides=("approved",)),
    Way("support", "refund, rejected", decides=("rejected",)),
    Way("support", "deletion, nobody decides", {"message": "데이터베이스 백업까지 모두 삭제해 주세요."}, decides=("expired",)),
    Way("support", "a certificate", sample="support_en"),
    *_alike("support", "a model finds the intent", given={"message": "zzz qqq"}, says={"intent": '{"intent": "domain"}'}),
    *_alike("support", "no model finds it", given={"message": "zzz qqq"}, says={"intent": _BROKEN}),
    Way("support", "no policies", {"vector_stores": ["none"]}, sample="support_en"),
    Way("support", "too dear", sample="support_en", cap=1e-7, status="failed"),
    *_alike("triage", "worded by a model"),
    *_alike("triage", "a model without JSON", says={"alerts": _BROKEN}),
    Way("triage", "with runbooks", {"language": "en", "vector_stores": ["hr"]}),
    Way("triage", "nobody to ask about", {"events": ["\x00 ~~~"]}),
    Way("triage", "contained", {"respond_url": RECEIVER, "language": "en"}, decides=("approved", "rejected", "expired")),
    Way("triage", "too dear", cap=1e-7, status="failed"),
)


def ship(here: World, name: str) -> str:
    """Publish a shipped chain; gives its name."""
    return here.publish(yaml.safe_load((CHAINS / f"{name}.yaml").read_text(encoding="utf-8"))).chain


def states_of(machine: Mapping[str, Any]) -> Iterator[str]:
    """The names of all states of a definition, those within branches and maps too."""
    for name, state in machine["States"].items():
        yield name
        for inner in (*state.get("Branches", ()), *([state["ItemProcessor"]] if "ItemProcessor" in state else ())):
            yield from states_of(inner)


@dataclass(frozen=True)
class Said:
    """What models say (see :class:`Way`), to be changed, and the requests that they answered."""

    says: dict[str, str | int]
    calls: list[str]


@contextmanager
def saying(models: ScriptedServer) -> Iterator[Said]:
    """Let models say what a way tells them to."""
    says: dict[str, str | int] = {}
    calls: list[str] = []
    answer = models.model.answer

    def told(request: Any) -> Iterable[Any]:
        schema = request.response_format.json_schema.schema_ if request.response_format and request.response_format.json_schema else {}
        kind = str((schema.get("required") or ["text"])[0])
        said = says.pop("once", says.get(kind))
        if isinstance(said, int):
            return [Fail(said, "out")]
        calls.append(request.model_dump_json())
        return answer(request) if said is None else [Text(said), End(None)]

    models.model.answer = told  # type: ignore[method-assign]  # the server asks the instance
    yield Said(says, calls)
    models.model.answer = answer  # type: ignore[method-assign]  # as above


@dataclass(frozen=True)
class Went:
    """A run's row at its end, the requests that models answered for it with how often, how many approvals were decided, the states that
    its machine entered and those that it has."""

    row: Item
    calls: Counter[str]
    decided: int
    visited: frozenset[str]
    states: frozenset[str]


def go(here: World, way: Way, said: Said, invoke: Callable[[Item], Any], *, receiver: str = "") -> Went:
    """Walk a way with a worker."""
    said.says.clear()
    said.says.update(way.says)
    said.calls.clear()
    ended: list[str] = []

    def ending(event: Item) -> Any:
        if event["phase"] == "do" and event["step"] in way.ends_at and not ended:
            ended.append(event["run"])
            here.engine.finishing.end(here.engine.runs.of("acme", event["run"]), "cancelled")
        return invoke(event)

    here.machines.invoke = ending
    run = here.start(way.chain, way.input(receiver), way.caller, cost_cap_usd=way.cap)
    decided = _decide(here, run, way.decides)
    row = here.end(run, seconds=120)
    execution = here.machines.wait(run, 60)
    here.machines.invoke = here.worker.handle
    return Went(row, Counter(said.calls), decided, frozenset(execution.visited), frozenset(states_of(execution.definition)))


def _decide(here: World, run: str, decides: tuple[str, ...]) -> int:
    """Decide about what the run waits for, once it waits for all of it."""
    deadline = time.monotonic() + 120
    asked: list[Item] = []
    while len(asked) < len(decides):
        assert time.monotonic() < deadline, f"it waits for {len(asked)} decisions, not for {len(decides)}"
        assert here.engine.runs.of("acme", run)["status"] == "running", f"it ended without {len(decides)} decisions"
        asked = [one for one in here.engine.approvals.listed("acme", "pending") if one["run_id"] == run and one.get("token")]
        time.sleep(0.05)
    for number, one in enumerate(sorted(asked, key=lambda one: (one["title"], one["path"]))):
        decision: Any = decides[min(number, len(decides) - 1)]
        if decision == "expired":
            here.engine.approvals.note(one, {"expires_at": time.time() - 1})
            here.sweeper.run()
        else:
            here.engine.decide(BOSS, one["id"], decision, "looked at", shown_hash=one["hash"])
    return len(asked)
