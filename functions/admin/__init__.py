"""Administration: keys, tenants, identities, the audit trail, and the API's own description."""
