"""Agents: what answers a message from documents, and the sessions that remember it."""
