"""Constructs: plain keyword values in, resources out; none of them grants anything."""
