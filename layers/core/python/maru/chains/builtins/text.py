"""What a chain asks of a text before a model sees it."""

from typing import Any

from maru.chains.arguments import text_of
from maru.chains.builtins import RunFacts, builtin
from maru.chains.triage.alerts import language_of


@builtin("text.language", summary="The language of a text, 'ko' or 'en', by its letters")
def language(arguments: dict[str, Any], _: RunFacts) -> dict[str, str]:
    """``{text}`` gives ``{language}``; ``wanted`` (``ko`` or ``en``), where it is given, is the answer."""
    wanted = arguments.get("wanted")
    return {"language": wanted if wanted in {"ko", "en"} else language_of(text_of(arguments, "text"))}
