"""Sources: documents that are fetched, from wikis and repositories, and kept as they are there."""
