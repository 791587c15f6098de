"""Moderation over OpenAI's categories, by rules in Korean and English and a small model of Korean abuse."""

from maru.guard.moderation.check import CHECK, Moderation, category_scores

__all__ = ["CHECK", "Moderation", "category_scores"]
