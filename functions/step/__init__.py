"""The worker of chains: what machines of Step Functions invoke, step by step, and the schedule that looks after runs."""
