"""What becomes of a tenant's data in time: kept by rule, given out whole, erased."""
