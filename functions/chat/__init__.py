"""Chat: completions, embeddings and models in OpenAI's shapes; agents, their sessions and feedback."""
