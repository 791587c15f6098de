"""Ingestion: what the worker does with documents, each step of it safe to repeat."""
