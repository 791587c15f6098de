"""Forms of what training on comments cannot teach, by category: self-harm, minors, violence, sexual and illicit matters, slurs, threats."""

from maru.guard.moderation.forms import harassment, hate, illicit, self_harm, sexual, violence

#: Category, score, pattern.
FORMS: tuple[tuple[str, float, str], ...] = (
    *harassment.ROWS,
    *hate.ROWS,
    *self_harm.ROWS,
    *sexual.ROWS,
    *violence.ROWS,
    *illicit.ROWS,
)
