"""The local model server: OpenAI's protocol on loopback for `reader`, `minilm` and `scripted`, without a network or a key."""
