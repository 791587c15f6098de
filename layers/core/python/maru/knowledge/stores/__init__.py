"""The vector-store port, what its adapters share, and the adapters."""
