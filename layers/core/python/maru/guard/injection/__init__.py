"""Injection: texts that try to give the model other instructions, by its user or by what it reads; Korean and English."""

from maru.guard.injection.check import CHECK, Injection

__all__ = ["CHECK", "Injection"]
