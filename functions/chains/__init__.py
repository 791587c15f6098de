"""The chains function: prompts, chains, runs and approvals over HTTP."""
