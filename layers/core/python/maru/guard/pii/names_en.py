"""English names and street addresses: by the words around them."""

import re

from maru.guard.pii.recogniser import Recogniser, always
from maru.guard.scripts import words

_LARGE = r"[A-Z\u00c0-\u00de][\w'’-]{1,30}"
_NAME = rf"{_LARGE}(?:[ ](?:[A-Z]\.|van|von|de|der|di|la|{_LARGE})){{0,2}}(?<![ .])"
_INTRODUCING = (
    r"(?i:my name is|my name's|name is|called|this is|i am|i'm|contact|attn:?|attention:?|regards,|sincerely,|dear|signed(?: by)?:?|"
    r"customer:|patient:|employee:|(?:full |first |last |customer |patient |account )?name:|"
    r"under the name(?: of)?|partner's name|spoke (?:to|with)|speak (?:to|with))"
)
_WAY = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Way|Terrace|Square|Sq|Highway|Hwy|Parkway|Pkwy|Circle|Cir)"
    r"(?![A-Za-z])\.?"
)
_ROOM = r"(?:,?\s{1,3}(?:Apt|Apartment|Suite|Ste|Unit|Floor|Fl|Room|Rm|#)\.?\s?[A-Za-z0-9-]{1,8})?"
_TOWN = r"(?:,?\s{1,3}[A-Z][a-z]{2,20}(?: [A-Z][a-z]{2,20}){0,2})?(?:,\s{1,3}[A-Z]{2}(?![A-Za-z]))?(?:,?\s{1,3}\d{5}(?:-\d{4})?(?!\d))?"
#: Korean names in Latin letters: surnames (those of nine in ten Koreans, as they are written), syllables of given names.
_KO_SURNAME = (
    r"(?:Kim|Gim|Lee|Yi|Rhee|Park|Pak|Bak|Choi|Choe|Jung|Jeong|Chung|Cheong|Kang|Gang|Cho|Jo|Yoon|Yun|Jang|Chang|Lim|Im|Rim|Han|Oh|Seo|Suh|"
    r"Shin|Sin|Kwon|Gwon|Hwang|Ahn|An|Song|Yoo|Yu|You|Ryu|Hong|Jeon|Jun|Chun|Ko|Go|Koh|Moon|Mun|Yang|Son|Sohn|Bae|Pae|Baek|Paik|Heo|Hur|"
    r"Nam|Shim|Sim|Roh|Noh|No|Ha|Kwak|Gwak|Sung|Seong|Cha|Joo|Ju|Woo|Koo|Gu|Ku|Min|Na|Jin|Um|Eom|Won|Chae|Cheon|Byun|Byeon|Bang|Kong|Gong|"
    r"Hyun|Hyeon|Ham|Do|Namgung|Hwangbo)"
)
_KO_SYLLABLE = (
    r"(?:a|ae|ah|an|bae|ban|beom|bin|bo|bok|bom|bong|bum|bun|byeong|byung|chan|chang|cheol|chul|choon|chun|dae|dam|deok|deuk|do|dong|doo|duk|eon|eul|eun|"
    r"ga|gab|gap|ge|geon|geun|gi|gil|go|gook|goo|gu|guk|gun|gwan|gwang|gyeong|gyu|gyun|ha|hae|han|he|hee|heon|ho|hong|hoon|hun|hwa|hwan|hye|hyeok|"
    r"hyeon|hyo|hyuk|hyun|hyung|i|ih|il|im|in|ja|jae|jang|je|jeong|jeung|ji|jin|jo|jon|jong|joo|joon|joong|ju|jun|jung|kang|ki|kil|kook|kuk|kwan|kwang|"
    r"kwon|kyeong|kyoung|kyu|kyun|kyung|mi|min|mo|moo|moon|mu|mun|myeong|myung|na|nam|nan|no|oh|ok|ra|ran|ri|rin|roo|ryeon|ryul|sa|sae|san|sang|se|sei|"
    r"seo|seob|seok|seol|seon|seong|seop|seul|seung|shik|shin|si|sik|sil|so|sol|son|song|soo|sook|soon|su|suk|sun|sung|tae|taek|uk|un|ung|wan|we|wi|woo|wook|"
    r"won|woong|ya|yang|ye|yea|yeol|yeon|yeong|yi|yo|yon|yong|yoo|yoon|you|young|yu|yul|yun|yung)"
)
_KO_HYPHENED = rf"(?=[A-Z])(?i:{_KO_SYLLABLE}-{_KO_SYLLABLE})(?![A-Za-z-])"
_KO_GIVEN = rf"(?=[A-Z])(?i:{_KO_SYLLABLE})-?{_KO_SYLLABLE}(?![A-Za-z-])"
#: Surnames that are words of English too: these only beside a given name with a hyphen.
_KO_PLAIN = rf"(?!(?:You|Do|No|An|Im|Go|Oh|Na|Ha|Ham|Won|Gang|Song|Son|Sung|Moon|Sin|Pak|Rim|Min|Jo|Um|Gap)\b){_KO_SURNAME}"
#: What is written large after such words without being anybody.
_NOBODY = re.compile(r"(?:The|This|That|Your|Our|All|Team|Customer|Sir|Madam|Support|Service|Sales|HR|IT|Not|Looking|Sorry|Happy|Sure)\b")


_ANNOUNCED = re.compile(rf"\b{_INTRODUCING}\s{{1,3}}(?P<value>{_NAME})")


def _somebody(value: str) -> float:
    return 0.0 if _NOBODY.match(value) else 0.65


RECOGNISERS = (
    Recogniser(
        "pii",
        "NAME",
        "English name after words that announce one",
        re.compile(rf"\b{_INTRODUCING}\s{{1,3}}(?P<value>{_NAME})"),
        _somebody,
        hint=words(
            "name",
            "called",
            "this is",
            "i am",
            "i'm",
            "contact",
            "att",
            "regards",
            "sincerely",
            "dear",
            "signed",
            "customer",
            "patient",
            "employee",
            "spoke",
            "speak",
        ),
    ),
    Recogniser(
        "pii",
        "NAME",
        "English name after a title",
        re.compile(rf"(?<![A-Za-z])(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.?[ ](?P<value>{_NAME})"),
        always(0.75),
        hint=words(r"mrs?\.?[ ]", r"m(?:s|iss)\.?[ ]", r"dr\.?[ ]", r"prof\.?[ ]"),
    ),
    Recogniser(
        "pii",
        "NAME",
        "Korean name in Latin letters",
        re.compile(
            rf"(?=[A-Z][a-z])(?<![A-Za-z-])(?:{_KO_SURNAME},?[ ]{_KO_HYPHENED}|{_KO_PLAIN},?[ ]{_KO_GIVEN}|"
            rf"{_KO_HYPHENED}[ ]{_KO_SURNAME}|{_KO_GIVEN}[ ]{_KO_PLAIN})(?![A-Za-z-])"
        ),
        always(0.86),
    ),
    Recogniser(
        "pii",
        "ADDRESS",
        "street address: number, name, kind of way",
        re.compile(
            rf"(?<![\w-])\d{{1,6}}[A-Za-z]?[ ](?:[NSEW]\.?[ ])?(?:{_LARGE}[ ]|\d{{1,3}}(?:st|nd|rd|th)[ ]){{1,4}}"
            rf"{_WAY}{_ROOM}{_TOWN}"
        ),
        always(0.8),
        digits=1,
    ),
    Recogniser(
        "pii",
        "ADDRESS",
        "post office box",
        re.compile(r"(?i)(?<![A-Za-z])P\.?\s?O\.? Box \d{1,6}(?!\d)"),
        always(0.7),
        digits=1,
        hint=words("box"),
    ),
    Recogniser(
        "pii",
        "ADDRESS",
        "address of the United States' forces or ships (USPS, Publication 28, section 225)",
        re.compile(
            r"(?i)(?<![\w-])(?:(?:PSC|CMR|Unit|OPS|USCG) ?\d{1,5},?\s{1,2}Box ?\d{1,5}|"
            r"(?:USS|USNS|USNV|USCGC|USNC) [\w.'’ -]{2,30}?),?\s{1,2}"
            r"(?:APO|FPO|DPO),? (?:AA|AE|AP) \d{5}(?:-\d{4})?(?!\d)"
        ),
        always(0.85),
        digits=5,
        hint=words("apo", "fpo", "dpo"),
    ),
    Recogniser(
        "pii",
        "ADDRESS",
        "postal code that is named",
        re.compile(r"(?i)(?:zip|postal|post)[ -]?code(?:\s?(?:is|:|=|#|no\.?|number)){0,2}\s{1,3}(?P<value>\d{3,6}(?:-\d{4})?)(?!\d)"),
        always(0.7),
        digits=3,
        hint=words("code"),
    ),
    Recogniser(
        "pii",
        "US_DRIVER_LICENSE",
        "driver's licence number that is named",
        re.compile(
            r"(?i)driv(?:er|ing)(?:['’]?s)?['’]? licen[cs]e(?: (?:number|no\.?|#))?(?:\s?(?:is|:|=)){0,2}\s{1,3}"
            r"(?P<value>(?=[A-Z0-9-]*\d{3})[A-Z0-9][A-Z0-9-]{4,17})"
        ),
        always(0.7),
        digits=3,
        hint=words("driv"),
    ),
)
