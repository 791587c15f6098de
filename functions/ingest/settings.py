"""What the ingest function needs: the document side, and the tenants that the S3 door knows."""

from maru.guard.settings import TrailSettings
from maru.knowledge.ingest.large import LARGE_BYTES
from maru.knowledge.library import LibrarySettings
from maru.knowledge.parse.ocr import OcrName
from maru.ledger.settings import LedgerSettings


class Settings(LibrarySettings, LedgerSettings, TrailSettings):
    """Settings of the ingest function.

    ``ocr`` says what reads scanned pages: ``tesseract`` (Korean and English, where it is installed), ``textract`` (Amazon Textract, with
    tables) or ``textract-text`` (its words alone, at a tenth of the price), or ``none``. Textract reads Latin script and **no Korean**:
    Korean pages go to Tesseract where a layer brings it, and else are left out by their numbers, or fail as ``scanned``.
    ``held_tables`` says how the tables are called that retention and erasure take from, `{}` standing for a store's name.
    ``large_machine_arn`` is the state machine that brings in documents of at least ``large_document_bytes``.
    The bucket, the role and the days are those of the search domain's snapshots, where there is a domain.
    """

    function: str
    tenants_table: str
    policies_table: str
    event_bus: str
    retention_table: str
    sessions_table: str
    feedback_table: str
    held_tables: str
    large_machine_arn: str
    large_document_bytes: int = LARGE_BYTES
    ocr: OcrName = "tesseract"
    snapshot_bucket: str | None = None
    snapshot_role: str | None = None
    snapshot_days: int = 35
