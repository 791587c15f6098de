"""Personal data: identifiers by pattern and checksum, names and addresses by context; Korean and international."""

from maru.guard.pii.check import CHECK, PersonalData

__all__ = ["CHECK", "PersonalData"]
