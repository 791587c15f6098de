"""Structured data: allow-listed views of a company database, read on a replica without any SQL of callers or models."""
