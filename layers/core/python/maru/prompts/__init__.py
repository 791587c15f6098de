"""Prompts as versioned data: immutable versions, labels that move between them, rendering that executes nothing."""
