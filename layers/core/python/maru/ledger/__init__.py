"""The ledger: what requests may cost, what they did cost, and whose budget that came from."""
