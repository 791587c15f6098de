"""What the ingest function needs: the document side, and the tenants that the S3 door knows."""

from maru.knowledge.library import LibrarySettings


class Settings(LibrarySettings):
    """Settings of the ingest function; ``ocr``: whether scanned pages are read where Tesseract is installed."""

    function: str
    tenants_table: str
    ocr: bool = True
