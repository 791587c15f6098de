"""Chains of steps as versioned data, compiled to Step Functions and performed by one worker, with people in the loop.

``catalogue/chains/README.md`` describes the documents; :mod:`maru.chains.document` is their grammar.
"""
