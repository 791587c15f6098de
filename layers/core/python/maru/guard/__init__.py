"""The guard: what may go to and come from models, documents and tools, by a policy that is data."""
