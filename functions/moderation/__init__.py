"""Moderation: the guard by itself: texts checked, policies kept and tried."""
