"""How fast documents become searchable, end to end over HTTP, on SQLite and the local models: printed, without a goal.

    python -m bench.ingest [--write]

1,000 small texts: uploaded one by one, put into a store as batches, counted until the last is completed. A PDF of 100 pages:
from its upload until a search finds a sentence of its last page.
"""

import io
import time

from bench.main_job import index
from bench.report import report
from bench.system import Client, running

_TEXTS = 1000
_PAGES = 100
_WORDS = [
    "policy",
    "office",
    "travel",
    "budget",
    "report",
    "meeting",
    "service",
    "server",
    "customer",
    "contract",
    "invoice",
    "delivery",
    "security",
    "training",
]


def main() -> None:
    """Print the table."""
    with running() as client:
        _, seconds = index(client, "small", [_note(number) for number in range(_TEXTS)])
        pdf = _pdf_seconds(client)
    rows = [
        (f"{_TEXTS:,} small texts, documents a second", f"{_TEXTS / seconds:.1f}"),
        (f"a PDF of {_PAGES} pages, upload to searchable, seconds", f"{pdf:.1f}"),
    ]
    report("ingest", ("what", "reached"), rows)


def _note(number: int) -> str:
    words = " ".join(_WORDS[(number * step) % len(_WORDS)] for step in (1, 3, 5, 7, 11))
    return f"# Note {number}\n\nRoom {number} is for {words}. Its key hangs behind door {number + 40}.\n"


def _pdf_seconds(client: Client) -> float:
    data = _pdf()
    started = time.perf_counter()
    store = client.call("POST", "/v1/vector_stores", {"name": "pdf"})["id"]
    file = client.upload("handbook.pdf", data)
    client.call("POST", f"/v1/vector_stores/{store}/files", {"file_id": file})
    query = {"query": f"Which colour has page {_PAGES}?", "max_num_results": 1}
    while not (found := client.call("POST", f"/v1/vector_stores/{store}/search", query)["data"]):
        if time.perf_counter() - started > 300:
            raise RuntimeError("the PDF was not searchable in five minutes")
        time.sleep(0.2)
    assert found[0]["file_id"] == file
    return time.perf_counter() - started


def _pdf() -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for page in range(1, _PAGES + 1):
        for line in range(40):
            words = " ".join(_WORDS[(page * line + step) % len(_WORDS)] for step in range(10))
            canvas.drawString(50, 780 - 18 * line, f"{words.capitalize()}.")
        canvas.drawString(50, 40, f"The colour of page {page} is shade {page * 7}.")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


if __name__ == "__main__":
    main()
