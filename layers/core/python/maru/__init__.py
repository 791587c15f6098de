"""Maru: the shared package of every function; one room per idea."""
