"""Security events made into alerts: read whatever their format, normalised, scored with reasons, grouped; without a model.

:func:`maru.chains.triage.alerts.triage` is the door; what each module holds stands in its first line.
"""
