"""The ledger's schedule: leases that ran out are charged, and budgets that run low are told."""
