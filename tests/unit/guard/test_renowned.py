"""Names that questions of general knowledge are about do not make a request personal; everybody else's do."""

import pytest

from maru.guard.check import Subject
from maru.guard.engine import Guard
from maru.guard.pii import CHECK
from maru.guard.sensitivity import Sensitivity
from maru.models.catalogue import Catalogue
from maru.models.rules import Sensitive

TARGETS = [{"model": "out", "base_url": "https://models.example"}, {"model": "in", "base_url": "https://inside.example", "private": True}]
ALIAS = Catalogue({"models": [{"alias": "default", "kind": "chat", "targets": TARGETS}]}, {}).find("default", "chat")


async def reasons(*texts: str) -> tuple[str, ...]:
    looking = Sensitivity(Guard(), Sensitive.model_validate({"personal_data": ["NAME", "PHONE", "EMAIL"]}))
    return await looking.reasons(ALIAS, texts)


PUBLIC = (
    "Who was Abraham Lincoln?",
    "who is Marie Curie",
    "When was Napoleon Bonaparte born?",
    "What did Isaac Newton discover in 1687?",
    "Why is Rosa Parks remembered for her protest?",
    "Can you tell me who was Julius Caesar?",
    "Summarise the plays of William Shakespeare.",
    "Explain Charles Darwin's theory to a child.",
    "Tell me about Nelson Mandela.",
    "What are the main works of Jane Austen?",
)
PRIVATE = (
    "Who is John Miller in our sales team?",
    "What is Sarah Connor's phone number?",
    "Write an email to David Johnson about the delay.",
    "Our patient Emily Clark was born in May. Summarise her file.",
    "When was our customer Peter Brown born?",
    "Tell me about Peter Brown's salary.",
    "My name is Robert Smith and I want a refund.",
    "Who is Linda Davis? Her number is +1 415 555 0134.",
    "Please draft a contract for Michael Williams.",
)


@pytest.mark.parametrize("text", PUBLIC)
async def test_a_question_of_general_knowledge_stays_public(text: str) -> None:
    assert await reasons("You are a helpful assistant.", text) == ()


async def test_such_a_name_is_found_all_the_same() -> None:
    text = "Who was Abraham Lincoln?"
    assert [(one.label, text[one.start : one.end]) for one in CHECK.find(Subject(text, "input"))] == [("NAME", "Abraham Lincoln")]


@pytest.mark.parametrize("text", PRIVATE)
async def test_whoever_is_somebodys_own_affair_stays_private(text: str) -> None:
    assert await reasons("You are a helpful assistant.", text) != ()


async def test_the_answer_may_repeat_the_name() -> None:
    said = "Abraham Lincoln was the sixteenth president of the United States. Lincoln led the Union."
    assert await reasons("Who was Abraham Lincoln?", said, "Where did Lincoln live?") == ()
    assert await reasons("Who was Abraham Lincoln?", "Send it to Julia Roberts-Meyer, please.") != ()
