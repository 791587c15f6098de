"""Answers that models gave before: exactly to the same request, or to a question that asks the same.

::

    lookup = await cache.look(question, Wanted.of(headers, …))
    if lookup.found: …                                   # an answer, why it counts, what it saves
    … else: await lookup.keep(completion, target.model, usage, cost)

An entry is found by its key alone, which holds the tenant, the caller's groups, the agent with its version, the version of the
prompts, the passages that were found for the question with their versions, and the model's servers: what differs in any of them is
another entry. Texts lie here as models see them, with placeholders where the guard masks; the guard stands between this and the caller.
"""
