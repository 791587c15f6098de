"""Citations: which span of a passage supports a sentence, whether it really does, and markers in a stream of text.

::

    stream = CitationStream([Source(file_id=…, text=…, file_start=…, …), …], question="…")
    for delta in model:                       # pieces of any size
        for event in stream.feed(delta):      # Text(delta) or Citation(reference)
            …
    stream.finish(); stream.text; stream.references

    pick_quote(claim, passage)                # Quote(start, end, score) or None
    supports(claim, quote)                    # Verdict(supported, reason)
"""

from maru.knowledge.cite.quote import Quote, pick_quote
from maru.knowledge.cite.reference import Reference, Source
from maru.knowledge.cite.stream import Citation, CitationStream, Event, Text
from maru.knowledge.cite.verify import Verdict, supports

__all__ = ["Citation", "CitationStream", "Event", "Quote", "Reference", "Source", "Text", "Verdict", "pick_quote", "supports"]
