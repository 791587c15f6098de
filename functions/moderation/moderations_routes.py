"""``POST /v1/moderations``: OpenAI's shape, answered by the local check."""

from typing import Annotated, Any, Literal

import anyio.to_thread
from fastapi import APIRouter, Depends
from pydantic import Field

from maru.errors import BadRequest
from maru.exact import Exact
from maru.guard.completions import MODELS
from maru.guard.moderation import category_scores
from maru.guard.moderation.images import SEEN, ImageModeration
from maru.http import provided, require
from maru.identity import Caller
from maru.ids import new_id

router = APIRouter(tags=["moderations"])

#: From this score on a category counts.
FLAGGED = 0.5
type ModeratedText = Annotated[str, Field(max_length=400_000)]


class TextPart(Exact):
    """Text among the parts of one input."""

    type: Literal["text"]
    text: ModeratedText


class ImageUrl(Exact):
    """Where an image lies, or the image as a data URL."""

    url: str


class ImagePart(Exact):
    """An image among the parts of one input."""

    type: Literal["image_url"]
    image_url: ImageUrl


class ModerationRequest(Exact):
    """OpenAI's request: one text, several texts, or the parts of one input."""

    input: (
        ModeratedText
        | Annotated[list[ModeratedText], Field(min_length=1, max_length=1_000)]
        | Annotated[list[Annotated[TextPart | ImagePart, Field(discriminator="type")]], Field(min_length=1, max_length=100)]
    )
    model: str = "omni-moderation-latest"

    def texts(self) -> list[str]:
        """What one result each is made of; images are left out."""
        if isinstance(self.input, str):
            return [self.input]
        texts = [one for one in self.input if isinstance(one, str)]
        if texts:
            return texts
        return ["\n".join(one.text for one in self.input if isinstance(one, TextPart))]

    def images(self) -> list[dict[str, Any]]:
        """The images among the parts of one input."""
        parts = [] if isinstance(self.input, str) else self.input
        return [one.model_dump() for one in parts if isinstance(one, ImagePart)]


@router.post("/v1/moderations")
async def moderate(
    body: ModerationRequest,
    _: Annotated[Caller, Depends(require("chat"))],
    looking: Annotated[ImageModeration, Depends(provided(ImageModeration))],
) -> dict[str, Any]:
    """Scores of OpenAI's 13 categories for each text; a category is flagged from .5 on.

    Images among the parts of an input are judged by the alias `image-moderation`, whose call counts in usage and budgets; without
    one they are refused.
    """
    if body.model not in MODELS:
        raise BadRequest(f"There is no moderation model '{body.model[:64]}'.", param="model", code="model_not_found")
    images = body.images()
    seen = await looking.scores(images) if images else {}
    results = await anyio.to_thread.run_sync(lambda: [_result(category_scores(text), seen) for text in body.texts()])
    return {"id": new_id("modr-"), "model": body.model, "results": results}


def _result(read: dict[str, float], seen: dict[str, float]) -> dict[str, Any]:
    scores = {name: max(score, seen.get(name, 0.0)) for name, score in read.items()}
    categories = {name: score >= FLAGGED for name, score in scores.items()}
    return {
        "flagged": any(categories.values()),
        "categories": categories,
        "category_scores": scores,
        "category_applied_input_types": {name: ["text", "image"] if seen and name in SEEN else ["text"] for name in scores},
    }
