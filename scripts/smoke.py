"""`make smoke URL=… KEY=…`: the main job against any deployment, checked; ends with 1 where something is amiss."""

import argparse

from local.api import Api, Refused
from scripts.main_job import SAMPLES, ask, fail, library

QUESTIONS = {"연차 휴가는 며칠인가요?": "15일", "How many days of annual leave do full-time employees receive?": "25 days"}


def main() -> None:
    """Run it and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--key", required=True)
    arguments = parser.parse_args()
    if not arguments.url or not arguments.key:
        parser.error("give both: make smoke URL=https://… KEY=mk_…")
    api = Api(arguments.url.rstrip("/").removesuffix("/v1"), arguments.key)
    try:
        with library(api, [SAMPLES / "취업규칙.pdf", SAMPLES / "employee-handbook.docx"]) as agent:
            for question, expected in QUESTIONS.items():
                answer = ask(api, agent, question)
                if not any(expected in reference["quote"] for reference in answer.references):
                    fail(f"no reference of '{question}' quotes '{expected}'")
    except Refused as refused:
        fail(refused)
    except (OSError, ValueError) as error:  # nobody there, or somebody who speaks no JSON
        fail(f"{arguments.url} does not answer as Maru does: {error}. Check URL: it ends in /v1, and this machine reaches it.")
    print("\nThe main job works · 정상입니다")


if __name__ == "__main__":
    main()
