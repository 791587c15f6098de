"""What shipped chains compute without a model: claims judged, pairs tallied, documents cut and joined, requests read, diffs checked."""

from typing import Any

import pytest

from maru.agents.fencing import read_fenced
from maru.chains import builtins
from maru.chains.builtins import RunFacts
from maru.errors import BadRequest
from maru.identity import Caller

FACTS = RunFacts(Caller("acme", "minji", (), frozenset({"chains"}), "key"), "run_1", "step")
LEAVE = "Full-time employees receive 25 days of annual leave. Requests are made three days before."
PASSAGE: dict[str, Any] = {
    "index": 1,
    "file_id": "file-1",
    "version": 1,
    "chunk_id": "file-1_chunk_0",
    "source": "handbook.md",
    "page": 2,
    "text": LEAVE,
    "file_start": 0,
    "file_end": len(LEAVE),
    "score": 0.9,
    "pages": [],
}
DIFF = """diff --git a/app.py b/app.py
--- a/app.py
+++ b/app.py
@@ -1,3 +1,5 @@
 import os
+PASSWORD = "hunter2hunter2"
+os.system("rm " + name)
 def run():
     pass
"""


def call(name: str, **arguments: Any) -> Any:
    found = builtins.find(name)
    assert found is not None, name
    return found.call(arguments, FACTS)


def test_claims_that_hold_keep_their_references() -> None:
    text = "Full-time employees receive 25 days of annual leave [1]. Requests are made three days before [1]."
    assert [one["text"] for one in call("answers.claims", text=text)["claims"]] == [
        "Full-time employees receive 25 days of annual leave.",
        "Requests are made three days before.",
    ]
    judged = call("answers.judge", text=text, passages=[PASSAGE])
    assert (judged["supported"], judged["unsupported"]) == (True, "")
    assert [LEAVE[one["start"] : one["end"]] == one["quote"] for one in judged["references"]] == [True, True]
    assert call("answers.finish", judged=judged, language="en")["refused"] is False


@pytest.mark.parametrize(
    ("claim", "verdicts"),
    [
        ("Full-time employees receive 30 days of annual leave [1].", []),
        ("The cafeteria opens at noon and serves soup [1].", []),
        ("Full-time employees receive 25 days of annual leave [1].", [{"claim": 1, "supported": False, "reason": "part-time too"}]),
    ],
)
def test_a_claim_that_does_not_hold_is_left_out_and_the_answer_refused(claim: str, verdicts: list[Any]) -> None:
    judged = call("answers.judge", text=claim, passages=[PASSAGE], verdicts=verdicts)
    assert (judged["supported"], judged["references"], judged["answer"]) == (False, [], "")
    assert claim.removesuffix(" [1].") in judged["unsupported"]
    finished = call("answers.finish", judged=judged, language="ko")
    assert (finished["refused"], finished["references"]) == (True, [])
    assert "찾지 못했습니다" in finished["answer"]


def test_a_verdict_cannot_make_a_wrong_number_right() -> None:
    verdicts = [{"claim": 1, "supported": True, "reason": ""}]
    judged = call("answers.judge", text="Employees receive 30 days of annual leave [1].", passages=[PASSAGE], verdicts=verdicts)
    assert judged["claims"][0] | {"text": ""} == {"claim": 1, "text": "", "supported": False, "reason": "number"}


def test_answers_are_compared_in_both_orders() -> None:
    made = call("compare.pairs", answers={"small": "A", "default": "B", "large": " "})
    assert [(one["first"], one["second"]) for one in made["pairs"]] == [("small", "default"), ("default", "small")]
    good, bad = dict.fromkeys(("accuracy", "brevity", "safety"), 5), dict.fromkeys(("accuracy", "brevity", "safety"), 2)
    marks = [{"first": bad, "second": good, "reason": "B answers"}, {"first": good, "second": bad, "reason": "B again"}]
    told = call("compare.tally", answers=made["answers"], pairs=made["pairs"], marks=marks)
    assert (told["best"], told["answer"], told["agreement"], told["undecided"]) == ("default", "B", 1.0, False)
    assert told["reasons"] == ["B answers", "B again"]
    # A judge that prefers whatever comes first decides nothing.
    biased = [{"first": good, "second": bad, "reason": ""}] * 2
    told = call("compare.tally", answers=made["answers"], pairs=made["pairs"], marks=biased)
    assert (told["agreement"], told["undecided"]) == (0.0, True)
    nobody = call("compare.tally", answers=made["answers"], pairs=made["pairs"], marks=[None, {"first": {"accuracy": 9}}])
    assert (nobody["undecided"], nobody["agreement"], nobody["scores"]["small"]["total"]) == (True, None, None)


def test_models_that_did_not_answer_are_named_with_their_cause() -> None:
    made = call("compare.pairs", answers={"small": "A", "default": " ", "large": {"error": "ModelTimeout", "message": "Too slow."}})
    assert (made["answers"], made["pairs"]) == ({"small": "A"}, [])
    assert made["failed"] == {"default": "The answer is empty.", "large": "Too slow."}
    alone = call("compare.tally", answers=made["answers"], pairs=[], marks=[])
    assert (alone["best"], alone["undecided"]) == ("small", True)
    with pytest.raises(BadRequest, match=r"No model answered\. large: Too slow\."):
        call("compare.pairs", answers={"large": {"error": "ModelTimeout", "message": "Too slow."}})


def test_a_document_of_a_thousand_pages_is_cut_by_pages_and_joined() -> None:
    pages = [f"Page {number}. " + "words " * 300 for number in range(1, 1001)]
    made = call("digest.sections", text="\f".join(pages))
    sections = made["sections"]
    assert (made["pages"], sections[0]["first_page"], sections[-1]["last_page"]) == (1000, 1, 1000)
    assert [one["first_page"] for one in sections[1:]] == [one["last_page"] + 1 for one in sections[:-1]]
    assert max(len(one["passages"]) for one in sections) < 16_000
    assert read_fenced(sections[3]["passages"])[0].number == sections[3]["first_page"]
    summaries = [f"It says something [{one['first_page']}]. And more [{one['last_page'] + 5000}]." for one in sections]
    summaries[4] = None  # type: ignore[call-overload]
    gathered = call("digest.groups", sections=sections, summaries=summaries)
    assert [one["section"] for one in gathered["missing"]] == [5]
    told = call(
        "digest.finish", text="All of it [3] [9999].", sections=sections, summaries=summaries, pages=1000, missing=gathered["missing"]
    )
    assert told["digest"] == "All of it [3]."
    assert told["sections"][0]["summary"] == "It says something [1]. And more."
    assert len(told["sections"]) == len(sections) - 1


def test_a_document_without_text_is_refused() -> None:
    for empty in ({"text": ""}, {"text": " \f "}, {"pages": ["", " "], "text": ""}):
        with pytest.raises(BadRequest):
            call("digest.sections", **empty)


@pytest.mark.parametrize(
    ("message", "intent", "sensitive"),
    [
        ("환불해 주세요. 주문 번호는 A-20260115, 33,000원입니다.", "refund", True),
        ("I was charged twice for invoice INV-20417, please fix it", "payment_change", True),
        ("세금계산서를 받고 싶습니다", "payment", False),
        ("도메인 네임서버를 바꾸고 싶어요 example.co.kr", "domain", False),
        ("The SSL certificate of shop.example.com has expired", "ssl", False),
        ("MySQL says too many connections", "database", False),
        ("FTP 접속이 530 Login incorrect 로 안 됩니다", "ftp", False),
        ("Please delete my old database backup", "data_deletion", True),
        ("How is the weather?", "other", False),
    ],
)
def test_what_a_customer_wants_is_read_from_the_words(message: str, intent: str, sensitive: bool) -> None:
    found = call("support.intent", message=message)
    assert (found["intent"], found["sensitive"]) == (intent, sensitive)


def test_a_model_cannot_make_a_refund_harmless() -> None:
    found = call("support.intent", message="환불 부탁드립니다", suggested="domain")
    assert (found["intent"], found["sensitive"]) == ("refund", True)
    assert call("support.intent", message="흠", suggested="ssl")["intent"] == "ssl"


def test_a_form_holds_what_the_message_says_and_names_the_rest() -> None:
    filled = call("support.form", message="환불해 주세요. 주문 번호 20260115, 33,000원입니다.", intent="refund")
    assert filled == {"form": {"order_number": "20260115", "amount": "33,000원"}, "missing": ["date"]}


def test_only_what_needs_approval_is_released() -> None:
    released = call("support.release", intent="refund", form={"amount": "1원"}, message="m")
    assert released == {"action": "refund", "form": {"amount": "1원"}, "released_by_run": "run_1"}
    with pytest.raises(BadRequest):
        call("support.release", intent="domain", form={}, message="m")
    found = builtins.find("support.release")
    assert found is not None
    assert found.acts


def test_rules_find_what_needs_no_model() -> None:
    made = call("review.read", diff=DIFF)
    assert [(one["file"], one["line"], one["severity"]) for one in made["findings"]] == [("app.py", 2, "high"), ("app.py", 3, "high")]
    assert "app.py:2 + PASSWORD" in made["parts"][0]["text"]
    assert made["lines"] == 2
    with pytest.raises(BadRequest):
        call("review.read", diff="no diff at all")


def numbered(diff: str) -> list[str]:
    """What a model is shown of a diff, line by line."""
    return "".join(part["text"] for part in call("review.read", diff=diff)["parts"]).splitlines()


@pytest.mark.parametrize(
    ("diff", "shown"),
    [
        ("diff --git a/a.py b/b.py\nsimilarity index 100%\nrename from a.py\nrename to b.py\n", []),
        ("diff --git a/x.png b/x.png\nindex 1..2 100644\nBinary files a/x.png and b/x.png differ\n", []),
        ("diff --git a/x b/x\nold mode 100644\nnew mode 100755\n", []),
        ("--- a/x\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n", []),
        ("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file", ["x:1 + b"]),
        ("--- a/x\r\n+++ b/x\r\n@@ -1 +1,2 @@\r\n a\r\n+b\r\n", ["x:1 a", "x:2 + b"]),
        ("--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n--- old\n+++ new\n+c\n", ["x:1 a", "x:2 + ++ new", "x:3 + c"]),
        ('--- "a/\\355\\225\\234.py"\n+++ "b/\\355\\225\\234.py"\n@@ -0,0 +1 @@\n+x\n', ["한.py:1 + x"]),
        ("--- a/my file.py\t2026\n+++ b/my file.py\t2026\n@@ -0,0 +1 @@\n+x\n", ["my file.py:1 + x"]),
        (
            "--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@ def f():\n a\n+b\n--- a/y\n+++ b/y\n@@ -1 +1,2 @@\n c\n+d\n",
            ["x:1 a", "x:2 + b", "y:1 c", "y:2 + d"],
        ),
        ("--- a/x\n+++ b/x\n@@ -1 +1 @@\n a\n+b\n+c\n", ["x:1 a", "x:2 + b", "x:3 + c"]),
        ("--- a/x\n+++ b/x\n@@ -5,2 +5,3 @@\n a\n+p = '\x0c'\n\n", ["x:5 a", "x:6 + p = '", "'", "x:7"]),
    ],
)
def test_a_diff_is_read_as_git_and_others_write_it(diff: str, shown: list[str]) -> None:
    assert [" ".join(line.split()) for line in numbered(diff)] == shown


def test_findings_must_stand_in_the_diff() -> None:
    real = {"file": "app.py", "line": 3, "severity": "high", "reason": "input reaches a shell", "code": 'os.system("rm " + name)'}
    findings = [
        real,
        real | {"line": 99},  # the code tells where it stands: the same finding
        real | {"file": "other.py"},
        real | {"code": "made_up()", "line": 7},
        real | {"severity": "urgent"},
        "no finding",
    ]
    checked = call("review.check", diff=DIFF, findings=findings)
    assert [(one["file"], one["line"]) for one in checked["findings"]] == [("app.py", 3)]
    assert len(checked["dropped"]) == 4
    verdicts = [{"finding": 1, "real": False, "reason": "it is escaped"}]
    merged = call("review.merge", findings=checked["findings"], by_rule=[], verdicts=verdicts, dropped=[])
    assert (merged["findings"], merged["dropped"][0]["why"]) == ([], "it is escaped")
    kept = call("review.merge", findings=checked["findings"], by_rule=[], verdicts=[], dropped=[])
    joined = call("review.join", by_rule=call("review.read", diff=DIFF)["findings"], parts=[kept, None])
    assert [(one["line"], one["by"]) for one in joined["findings"]] == [(2, "rule"), (3, "rule")]  # the rule said it already


RUNBOOKS = [
    {"index": 1, "file_id": "file-1", "source": "phishing.md", "text": "Take the message out of all mailboxes."},
    {"index": 2, "file_id": "file-2", "source": "parts.md", "text": "T1003.008 is something else, and so is T10030."},
    {"index": 3, "file_id": "file-3", "source": "dumps.md", "page": 2, "text": "Before.\n## Dumps (T1003)\nReset every credential."},
]


def test_alerts_are_merged_with_what_a_model_may_say() -> None:
    events = [{"hostname": "pc-7", "user": "kim", "command_line": "mimikatz sekurlsa::logonpasswords", "dest_ip": "203.0.113.9"}]
    made = call("triage.read", events=events)
    assert (made["language"], made["asked"][0]["alert"]) == ("en", 0)
    proposal = {"alert": 0, "summary": "kim ran mimikatz on pc-7.", "priority": "info", "evidence": [{"reference": 1}]}
    merged = call("triage.merge", events=events, alerts=made["alerts"], proposals=[proposal], passages=RUNBOOKS)
    (alert,) = merged["alerts"]
    assert alert["summary"] == "kim ran mimikatz on pc-7."
    assert alert["priority"] != "info"
    told = [one["reference"] for one in alert["evidence"] if "reference" in one]
    assert [(one["index"], one["source"]) for one in told] == [(1, "phishing.md"), (3, "dumps.md")], (
        "named by the model, and by its technique"
    )
    assert told[1] == {
        "index": 3,
        "file_id": "file-3",
        "source": "dumps.md",
        "page": 2,
        "quote": "## Dumps (T1003)\nReset every credential.",
    }
    assert "dumps.md: ## Dumps (T1003)" in merged["tickets"][0]["text"]
    assert {one["name"] for one in merged["approvals"]} >= {"block", "isolate"}
    assert merged["tickets"][0]["jira_priority"] in {"High", "Highest"}
    with pytest.raises(BadRequest):
        call("triage.read", events=[])
    with pytest.raises(BadRequest):
        call("triage.read", events=events, language="fr")
