"""Documents: parsing, chunking, embedding, stores, retrieval and citations."""
