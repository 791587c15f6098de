"""How long tests wait for a server that means to answer: no machine is too busy for it. Tests of silence are hasty."""

from maru.models import Timeouts

PATIENT = Timeouts(connect=30, first_byte=60, between=60, whole=60)
HASTY = Timeouts(connect=30, first_byte=3, between=3, whole=3)
