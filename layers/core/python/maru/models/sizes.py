"""How large a request is, as far as it can be told without its model's tokenizer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

type Body = Mapping[str, Any]

#: Characters that are one token. Latin text has four, Hangul and other wide scripts about one and a half, by the tokenizers of current
#: models; the fewest tokens that prose comes to are a third less.
_LATIN, _WIDE = 4.0, 1.5
_DENSEST = 1.6
#: What one search of a reranker is, where searches are billed: so many texts, of so many tokens each with the query; a longer text
#: counts as several. Sources: https://aws.amazon.com/bedrock/pricing/ and https://cohere.com/pricing
_TEXTS_A_SEARCH, _TOKENS_A_TEXT = 100, 512


def typical_tokens(body: Body) -> int:
    """The tokens that a request's texts usually come to; images and audio do not count."""
    return sum(tokens(text) for text in texts(body))


def fewest(typical: int) -> int:
    """Fewer tokens than these no model makes of such a text: where a context is shorter, asking is in vain."""
    return int(typical / _DENSEST)


def searches(tokens: Sequence[int]) -> int:
    """How many searches a reranker bills for texts of so many tokens each, the query's among them."""
    return -(-sum(max(1, -(-one // _TOKENS_A_TEXT)) for one in tokens) // _TEXTS_A_SEARCH)


def images(body: Body) -> int:
    """The images of a request."""
    return sum(part.get("type") == "image_url" for message in body["messages"] for part in parts(message))


def texts(body: Body) -> Iterator[str]:
    """All that was said, message by message."""
    for message in body["messages"]:
        yield from message_texts(message)


def message_texts(message: Mapping[str, Any]) -> Iterator[str]:
    """What one message says, the arguments of its tool calls and the name of who wrote it included."""
    if name := message.get("name"):
        yield str(name)
    content = message.get("content")
    if isinstance(content, str):
        yield content
    yield from (str(part["text"]) for part in parts(message) if part.get("text"))
    for call in message.get("tool_calls") or ():
        yield str((call.get("function") or {}).get("arguments") or "")


def parts(message: Mapping[str, Any]) -> list[Any]:
    """A message's content where it is in parts."""
    content = message.get("content")
    return content if isinstance(content, list) else []


def tokens(text: str) -> int:
    """The tokens that a text usually comes to."""
    if text.isascii():
        return int(len(text) / _LATIN)
    # A wide character takes two or three bytes in UTF-8, a Latin one takes one.
    wide = (len(text.encode(errors="replace")) - len(text)) / 2
    return int((len(text) - wide) / _LATIN + wide / _WIDE)
