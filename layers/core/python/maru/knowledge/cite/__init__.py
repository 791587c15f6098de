"""Citations: which span of a passage supports a sentence, whether it really does, and markers in a stream of text."""

from maru.knowledge.cite.quote import Quote, pick_quote
from maru.knowledge.cite.verify import Verdict, supports

__all__ = ["Quote", "Verdict", "pick_quote", "supports"]
