# ruff: noqa: E501 - a sentence stands on one line
"""Made-up names, places, organisations, dates and titles, and sentences to hold them, for fitting the tagger."""

import json
import random
import re
from pathlib import Path

_FRAMES: dict[str, list[str]] = json.loads(Path(__file__).with_name("pii_frames.json").read_text(encoding="utf-8"))
_SLOT = re.compile(r"\{(\w+)\}")
_SYLLABLES = _FRAMES["syllables"]
_WORDS = _FRAMES["words"]
_THINGS = _FRAMES["things"]
_KIND = {
    "NAME": "PERSON", "FIRST": "FIRST", "LAST": "LAST", "PLACE": "LOCATION", "ADDRESS": "ADDRESS", "ORG": "ORGANIZATION", "DATE": "DATE_TIME",
    "TITLE": "TITLE", "PHONE": "PHONE_NUMBER",
}  # fmt: skip
_TAG = {
    "NAME": "NAME", "FIRST": "NAME", "LAST": "NAME", "PLACE": "LOCATION", "ADDRESS": "LOCATION", "ORG": "ORGANIZATION", "DATE": "DATE_TIME",
    "TITLE": "TITLE", "PHONE": "PHONE",
}  # fmt: skip


class Values:
    """Draws values; ``lists`` are those of `bench.pii_lists`."""

    def __init__(self, lists: dict[str, list[str]], chance: random.Random) -> None:
        self._lists, self._chance = lists, chance
        self._large = lists["cities"][:20_000]
        self._met: dict[str, list[str]] = {}

    def met(self, kind: str, value: str) -> None:
        """A value of the half that may be learned from, to be drawn again."""
        self._met.setdefault(kind, []).append(value)

    def instead(self, kind: str, value: str) -> str:
        """Another value of the kind that stands in the place of one."""
        if kind in {"ADDRESS", "LOCATION", "ORGANIZATION", "DATE_TIME", "PERSON"} and self._chance.random() < 0.5:
            short = value.count(" ")
            near = [one for one in self._chance.sample(self._met[kind], min(12, len(self._met[kind]))) if abs(one.count(" ") - short) < 2]
            if near:
                return near[0]
        if kind == "PERSON":
            prefix = re.match(r"(?:Mr|Mrs|Ms|Dr)\. ", value)
            words = value.split()
            if len(words) == 1 and value.endswith("."):
                return value
            made = self.draw("PERSON") if len(words) > 1 else self.draw(self._chance.choice(("FIRST", "LAST")))
            return (prefix[0] if prefix else "") + made
        if kind == "ADDRESS":
            return self._like_address(value)
        return self.draw(kind) if kind in {"LOCATION", "ORGANIZATION", "DATE_TIME", "TITLE", "PHONE_NUMBER"} else value

    def _like_address(self, value: str) -> str:
        pick = self._chance
        if re.fullmatch(r"\d{4,6}", value):
            return str(pick.randint(10_000, 99_999))
        if re.fullmatch(r"\d{1,3}", value):
            return str(pick.randint(1, 120))
        if re.match(r"(?i)(suite|apt)", value) and len(value) < 12:
            return f"{pick.choice(('Suite', 'Apt.', 'Apt', 'Unit', 'Floor'))} {pick.randint(1, 999)}"
        return self._street() if len(value) < 28 and "\n" not in value else self.draw("ADDRESS")

    def draw(self, kind: str) -> str:
        """A value of the kind."""
        pick, lists = self._chance, self._lists
        if kind == "FIRST":
            return pick.choice(lists["first"])
        if kind == "LAST":
            return pick.choice(lists["last"])
        made = {
            "PERSON": self._person,
            "LOCATION": self._place,
            "ADDRESS": self._address,
            "ORGANIZATION": self._organisation,
            "DATE_TIME": self._date,
            "TITLE": self._title,
            "PHONE_NUMBER": self._phone,
        }
        return made[kind]()

    def filled(self, template: str) -> tuple[str, list[tuple[str, int, int]]]:
        """The sentence with drawn values, and their spans."""
        out, at, spans = "", 0, []
        for match in _SLOT.finditer(template):
            out += template[at : match.start()]
            value = self.draw(_KIND[match[1]])
            spans.append((_TAG[match[1]], len(out), len(out) + len(value)))
            out += value
            at = match.end()
        return out + template[at:], spans

    def _person(self) -> str:
        pick = self._chance
        first, last = self.draw("FIRST"), self.draw("LAST")
        middle = pick.choice(("", "", "", "", f"{pick.choice('ABCDEFGHJKLMNPRSTW')}. ", f"{self.draw('FIRST')} "))
        link = pick.choice(("",) * 14 + ("van ", "de ", "von ", "van der "))
        return f"{first} {middle}{link}{last}"

    def _place(self) -> str:
        pick = self._chance
        drawn = pick.random()
        city = pick.choice(self._large if drawn < 0.5 else self._lists["cities"])
        if drawn > 0.75:
            city = pick.choice(self._lists["countries"])
        elif drawn > 0.7:
            city = city.upper()
        elif drawn > 0.67:
            city = f"{city}, {pick.choice(self._lists['states'] + self._lists['countries'])}"
        return city

    def _street(self) -> str:
        pick, lists = self._chance, self._lists
        suffix = pick.choice(
            (
                "Street",
                "Road",
                "Avenue",
                "Lane",
                "Drive",
                "St",
                "Ave",
                "Rd",
                "Way",
                "Court",
                "Place",
                "Boulevard",
                "Square",
                "Close",
                *lists["suffixes"],
            )
        )
        name = pick.choice(
            (self.draw("LAST"), self.draw("FIRST") + " " + self.draw("LAST"), pick.choice(lists["streets"]), pick.choice(self._large))
        )
        foreign = pick.choice(
            (
                f"{pick.choice(('Rua', 'Via', 'Rue de', 'Calle', 'ul.', 'Avenida', 'Rue', 'Strada', 'Viale', 'Plaza', 'Piazza', 'C/', 'Avda.'))} {name}",
                f"{name.split()[0]}{pick.choice(('straße', 'strasse', 'gatan', 'vej', 'veien', 'laan', 'straat', 'weg', 'katu', 'utca', 'gata', 'tie', 'gade', 'plein'))}",
                f"{name} {pick.choice(('Street', 'utca', 'út', 'tér', 'ulica'))}",
            )
        )
        street = pick.choice((f"{name} {suffix}", foreign, f"P.O. Box {pick.randint(1, 999)}", foreign))
        number = pick.choice(("", f" {pick.randint(1, 2999)}", f" {pick.randint(1, 199)}"))
        return street + number

    def _address(self) -> str:
        pick = self._chance
        gap = pick.choice((" ", "\n", "\n ", ", ", ",\n"))
        parts = [pick.choice(("", f"{pick.randint(1, 9999)} ")) + self._street()]
        if pick.random() < 0.5:
            parts.append(f"{pick.choice(('Suite', 'Apt.', 'Apartment', 'Unit', 'Floor'))} {pick.randint(1, 999)}")
        if pick.random() < 0.85:
            parts.append(pick.choice(self._lists["cities"]))
        if pick.random() < 0.3:
            parts.append(pick.choice(self._lists["states"]))
        if pick.random() < 0.4:
            parts.append(pick.choice(self._lists["countries"]))
        if pick.random() < 0.6:
            parts[-1] += f" {pick.randint(1000, 99999)}"
        return gap.join(parts)

    def _organisation(self) -> str:
        pick = self._chance
        coined = "".join(pick.choice(_SYLLABLES) for _ in range(pick.choice((2, 3)))).capitalize()
        names = [self.draw("LAST") for _ in range(3)]
        return pick.choice(
            (
                coined, f"{coined}{pick.choice(('.com', '.io', ''))}", f"{names[0]} {pick.choice(self._lists['company']).strip()}", f"{names[0]}, {names[1]} and {names[2]}",
                f"{names[0]}-{names[1]}", f"{pick.choice(_WORDS)} {pick.choice(_THINGS)}", f"{pick.choice(_WORDS)} {pick.choice(_WORDS)} {pick.choice(_THINGS)}",
                f"{names[0]} {pick.choice(_THINGS)}", f"{names[0]} & {names[1]}", f"{names[0]} {pick.choice(('Inc', 'Ltd', 'LLC', 'Group', 'PLC', 'and Sons', 'GmbH', 'Corp.', 'Inc.', 'Ltd.'))}",
                f"Department of {pick.choice(_WORDS)} {pick.choice(_THINGS)}", f"University of {pick.choice(self._large)}", coined + pick.choice(_THINGS), f"{coined} {pick.choice(_THINGS)}", pick.choice(("IBM", "HSBC", "NASA", "BMW", "UBS", "KBR")),
            )
        )  # fmt: skip

    def _date(self) -> str:
        pick = self._chance
        day, month, year = pick.randint(1, 28), pick.randint(1, 12), pick.randint(1930, 2026)
        name = pick.choice(
            ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
        )
        clock = f"{pick.randint(0, 23):02}:{pick.randint(0, 59):02}"
        week = pick.choice(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"])
        return pick.choice(
            (
                f"{month}/{day}/{year}", f"{day:02}/{month:02}/{year}", f"{year}-{month:02}-{day:02}", f"{day} {name} {year}", f"{name} {day}, {year}", f"{name} {year}", f"{day}.{month}.{year}",
                f"{year}-{month:02}-{day:02} {clock}:{pick.randint(0, 59):02}", f"{day} {name}", f"{name} {day}", str(year), week, f"{week} at {clock}", f"{name[:3]} {day}, {year}", f"{year}/{month:02}/{day:02}", f"the {year // 10 * 10}s",
            )
        )  # fmt: skip

    def _title(self) -> str:
        title = self._chance.choice(self._lists["jobs"])
        return self._chance.choice((title, title.lower(), title.title()))

    def _phone(self) -> str:
        pick = self._chance

        def digits(count: int) -> str:
            return "".join(pick.choice("0123456789") for _ in range(count))

        return pick.choice(
            (
                f"({digits(3)}) {digits(3)}-{digits(4)}", f"{digits(3)}-{digits(3)}-{digits(4)}", f"{digits(3)}.{digits(3)}.{digits(4)}", f"0{digits(2)} {digits(3)} {digits(4)}", f"+{digits(2)} {digits(2)} {digits(4)} {digits(4)}",
                f"({digits(2)}) {digits(3)}-{digits(3)}", f"{digits(2)} {digits(3)} {digits(3)}", f"0{digits(2)} {digits(2)} {digits(2)} {digits(2)}", f"001-{digits(3)}-{digits(3)}-{digits(4)}x{digits(3)}", f"0{digits(1)}-{digits(8)}", f"({digits(3)}){digits(3)}-{digits(4)}x{digits(4)}", f"{digits(4)} {digits(3)} {digits(3)}",
            )
        )  # fmt: skip


_PERSON_DOES = _FRAMES["does"]
_PERSON_IN = _FRAMES["person"]
_PLACE_IN = _FRAMES["place"]
_ORG_IN = _FRAMES["organisation"]
_NOBODY = _FRAMES["nobody"]
_ACRONYMS = _FRAMES["acronyms"]
_FILLERS = _FRAMES["fillers"]
_SHORT = {"P": ("NAME", "FIRST", "LAST", "NAME"), "L": ("PLACE",), "O": ("ORG",), "T": ("TITLE",)}


def framed(chance: random.Random) -> str:
    """A sentence or two put together at random, with slots."""
    drawn = chance.random()
    if drawn < 0.25:
        text = "{P} " + chance.choice(_PERSON_DOES)
    elif drawn < 0.55:
        text = chance.choice(_PERSON_IN)
    elif drawn < 0.78:
        text = chance.choice(_PLACE_IN)
    else:
        text = chance.choice(_ORG_IN)
    if chance.random() < 0.12:
        text = chance.choice(_NOBODY).format(A=chance.choice(_ACRONYMS), B=chance.choice(_ACRONYMS))
    if chance.random() < 0.35:
        text += (
            " "
            + chance.choice(("", "yesterday ", "and ", "because ", "while ", "when "))
            + chance.choice((*_PLACE_IN, "{P} " + chance.choice(_PERSON_DOES), *_PERSON_IN))
        )
    if text[0].islower() and chance.random() < 0.8:
        text = text[0].upper() + text[1:]
    text += chance.choice((".", ".", "", "?", "!", ","))
    if chance.random() < 0.4:
        text = chance.choice((f"{text} {chance.choice(_FILLERS)}", f"{chance.choice(_FILLERS)} {text}", f'"{text}"'))
    return re.sub(r"\{([PLOT])\}", lambda match: "{" + chance.choice(_SHORT[match[1]]) + "}", text)


#: Sentences of mail, support, personnel, health, news and small talk, with and without what is looked for.
OWN = [line.replace("\\n", "\n") for line in Path(__file__).with_name("pii_sentences.txt").read_text(encoding="utf-8").splitlines()]
