"""Whether words of an attack are spoken about rather than said: quoted, reported, forbidden, asked about.

None of it counts where something near demands that the words be followed, so that no quotation carries an order past the rules.
"""

import re

#: Words that speak about an attack instead of making one, before it or in the same sentence.
_ABOUT = re.compile(
    r"\bwhat (?:does|do|did|would|is|are)\W*$|\b(?:what (?:does|do|is|are) (?:a |an |the )?(?:phrase|sentence|term|word"
    r"|prompt injection|jailbreak)|meaning of|means|explain(?:s|ed|ing)?|detect\w*|defen[cds]\w*|prevent\w*|protect\w*|"
    r"examples?|e\.g\.|such as|like|phrases?|patterns?|filter\w*|attack(?:s|er|ers)?|classif\w+|paper|research|why (?:do|does"
    r"|is|are|did|would)|"
    r"how (?:do|can|should|does) (?:i|we|one|you|it|developers?|companies|llms?|models?|attackers)|known as|called|translate"
    r"|article|blog|says?|asks?|wrote|typed|tried|tries|trying)\b"
    r"|뜻|의미|예시|예를|같은|라는|이라는|라고|공격|탐지|방어|막으|막는|방지|차단|대응|설명|연구|논문|기사|사례|유형|문구|왜|번역|분류|어떻게",
)
#: Behind a Korean match: that it is a sentence, an attack, a case of such that is talked about.
_KO_ABOUT = re.compile(
    r"[가-힣]{0,4}?(?:라는|다는|는|란|도록\s?하는|게\s?하는|려는)\s?(?:식의\s?|내용의\s?|종류의\s?|악성\s?|이런\s?)?"
    r"(?:문장|말(?:이|은|을|의)|것이|게|표현|공격|문구|입력|시도|수법|예시|유형|방식의|사례|사람|메일|글이|행위|기법|이유|경우|위험)"
)
#: Behind a match that somebody must not do it, or before it that it is about making such a thing.
_KO_FORBIDDEN = re.compile(
    r"[가-힣]{0,2}\s?(?:넣|두|놓|보|주|버리)?(?:면\s?(?:안|아니)|서는\s?안|지\s?(?:마|말|않|못)|(?:는\s?것)?[은이을를]?\s?금지)"
)
_KO_MAKING = re.compile(r"(?:만들|작성할|쓸|설계할|구성할)\s?때[^.\n]{0,40}$")
#: Behind a Korean match that it is reported rather than said, or that it may be done but need not.
_KO_TOLD = re.compile(
    r"(?:[가-힣]{0,4}?라|(?<=라))고\s?(?:\S{1,10}\s){0,3}?(?:적어\s?(?:두|둔|둡|놓)|적(?:혀|힌|었)|쓰(?:여|인)|했(?:다|습|지|는데|더니|으나|음)|"
    r"하는\s?(?:글|메시지|문장|입력|요청|사람|공격)|말(?:했|하는|합니다|한다)|지시(?:했|하는)|시(?:켰|키는)|속(?:였|이는|입니다)|유도)"
    r"|하?(?:셔도|시면\s?됩)|(?:하여|해)도\s?(?:됩|돼|되|좋|무방)"
)
#: What somebody did, not what is to be done.
_KO_DONE = re.compile(r"무시(?:해서|하여|했|하다가|한\s(?!채|다음|뒤|후|상태))")
#: Before an English match that somebody was or is told it who is not spoken to.
_REPORTED = re.compile(
    r"\b(?:told|asked|instructed|ordered|tells?|asks?|instructs?|trick(?:s|ed)?|tri(?:es|ed)|attempt(?:s|ed)?|convinc\w+|persuad\w+|got"
    r"|gets?|made|makes?)"
    r"\b(?: (?!(?:you|me|us)\b)[\w'-]+){0,6}? to $"
)
_SPOKEN_TO = re.compile(r"\byou\b|\byour|^\s*(?:please )?(?:pretend|imagine|act|now)\b")
_QUOTES = "\"'“”‘’`«»「」『』"
_NEAR = 160
_BEFORE = 12
#: That what is written there is to be done.
_DEMANDED = re.compile(
    r"(?:^|[.!;:,\n\"'”’)]\s{0,2}|\b(?:please|now|just|and|then|so|you must|must now|you should|you will) )(?:follow|obey|comply with"
    r"|execute|apply"
    r"|carry out|do|perform) (?:it|this|that|them|so|exactly that|(?:the|that|this) (?:quoted |above )?(?:phrase|sentence|instruction"
    r"|text|line|command"
    r"|order|quotation|quote)s?)\b(?! (?:attack|risk))"
    r"|\b(?:is|are) (?:my|your) (?:\w+ )?(?:order|command|instruction)s?\b|\bdo (?:exactly )?(?:as|what) (?:it|they|the (?:phrase"
    r"|sentence|text|quote)) says?\b"
    r"|(?:그대로|대로|문장|문구|말|내용|지시|명령|이것|그것|이를|그걸|이걸)(?:을|를|에)?\s?(?:그대로\s?)?(?:따르|수행하|실행하|이행하|지키|복종하|적용하)"
    r"(?:라|세요|십시오|시오|고\s?(?:답|대답|말|출력))"
    r"|(?:그대로|대로|문장|문구|말|내용|지시|명령|이것|그것|이를|그걸|이걸)(?:을|를|에)?\s?(?:그대로\s?)?(?:따라|수행해|실행해|이행해|지켜|복종해|적용해)"
    r"\s?(?:라|줘|주세요|주십시오|봐)?\s?(?:[.!~]|$|\n)"
    r"|(?<![가-힣])(?:내|나의|제)\s?(?:\S{2,4}\s)?(?:명령|지시|부탁|요구)(?:이다|이야|입니다|다[.!])"
)
#: Words in quotation marks that are called a phrase, a mail, a case of something; or that somebody is said to write.
_CALLED = re.compile(
    r"[\"'“‘「][^\"'”’」\n]{2,160}[\"'”’」](?=\s?(?:이?라는|는|은|이?란|같은|등의)\s?(?:\S{1,6}\s)?(?:문구|문장|말|메일|표현|내용|공격|요청|입력|글|시도|수법|질문))"
    r"|\b(?:(?:phrase|sentence|text|words|line)s?|such as|like|saying|says?|writes?|written|reads|type|typed|called|including"
    r"|e\.g\.)[ :]{1,2}[\"'“‘][^\"'”’\n]{2,160}[\"'”’]"
)
#: Somebody else who does it, as stories tell: a robot breaks the rules and goes on.
_KO_OTHERS = re.compile(
    r"(?<![가-힣])(?!(?:네|니|너|당신|자네|내|제|나|저|여러분|우리|모델|ai|챗봇|어시스턴트|인공지능|시스템|봇|에이전트|사용자)(?:이|가)\s)[가-힣]{2,8}(?:이|가|들이)\s(?:(?!너의"
    r"|당신의)[가-힣]{1,8}의\s)?$"
)
_KO_TELLS_ON = re.compile(r"(?:어기|무시하|어겨|잊)(?:고|는|면|며|서|던)$|어기고?$")
#: Settings of a thing, and a question how to do something with them.
_KO_OF_THING = re.compile(
    r"(?<![가-힣])(?!(?:너|당신|네|챗봇|모델|시스템|개발자|ai|대화|어시스턴트)의\s)[가-힣]{2,8}의\s(?:이전\s|기존\s)?$"
)
_KO_ASKED = re.compile(
    r"[^.\n]{0,30}[는할]\s?(?:명령어?|방법|법|옵션|코드|절차|스크립트)(?:이|은|을|가|를)?\s?(?:뭐|무엇|뭔|어떻게|어디|알려\s?주|있나|있을까|궁금)"
)
_KO_ORDERED = re.compile(r"[^\n]{0,60}(?:답하|답해|대답|출력|공개|보여|말하|말해|알려|드러)")


def unquoted(sentence: str) -> str:
    """A sentence in small letters without the words that it calls somebody's; whole where something demands that they be followed."""
    return sentence if _DEMANDED.search(sentence) else _CALLED.sub(" ", sentence)


def mentioned(text: str, start: int, end: int) -> bool:
    """Whether what matched from ``start`` to ``end`` of a text in small letters is spoken about."""
    before = text[max(0, start - _NEAR) : start]
    after = text[end : end + _NEAR]
    if _DEMANDED.search(text, max(0, start - _NEAR), end + _NEAR):
        return False
    if _KO_ABOUT.match(after) or _KO_FORBIDDEN.match(after) or _KO_MAKING.search(before) or _reported(text, start, end):
        return True
    opened = max(before.rfind(mark) for mark in _QUOTES)
    closed = min((at for at in (after.find(mark) for mark in _QUOTES) if at >= 0), default=-1)
    if opened < 0 or closed < 0 or "\n\n" in before[opened:]:
        return False
    return bool(_ABOUT.search(before[:opened]) or _ABOUT.search(after[closed:]))


def _reported(text: str, start: int, end: int) -> bool:
    """Whether somebody tells of it: who was told it, who did it, that it may be done."""
    if _KO_OTHERS.search(text[max(0, start - _NEAR) : start]) and _KO_TELLS_ON.search(text[start:end]) and not _KO_ORDERED.match(text, end):
        return True
    if _KO_OF_THING.search(text[max(0, start - _BEFORE) : start]) and _KO_ASKED.match(text, end) and not _KO_ORDERED.match(text, end):
        return True
    if _KO_TOLD.match(text, end, end + _NEAR) or _KO_DONE.search(text[start : end + _BEFORE]):
        return True
    said = text[max(text.rfind(mark, 0, start) for mark in ".!?\n") + 1 : start]
    return bool(_REPORTED.search(said[-_NEAR:])) and not _SPOKEN_TO.search(said)
