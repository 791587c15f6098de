"""What tells a sentence that gives a model a task from the sentences of a document around it."""

import re
from collections.abc import Iterator, Mapping

#: Sentences end at stops, lines, cells of tables.
_PART = re.compile(r"[^\n|.!?。？！]+(?:[.!?。？！]+(?=\S)[^\n|.!?。？！\s]+)*[^\n|.!?。？！]*[.!?。？！]*[\"'”’)]?")
_LONGEST = 400
_OPENING = (
    r"^\W{0,4}(?:(?:please|kindly|now|also|then|next|first|finally|and|hey|ok(?:ay)?|in your \w+|can you|could you|would you"
    r"|i want you to|you must|you should|make sure to|be sure to)[, ]+){0,3}"
)
_TASKS = (
    r"(?:translate|summari[sz]e|write|draft|compose|explain|describe|provide|generate|create|develop|design|list|give|show|tell|"
    r"answer|reply|respond|rewrite|rephrase|paraphrase|convert|replace|substitute|encode|decode|reverse|scramble|shuffle|jumble|rearrange|"
    r"remove|insert|add|append|include|integrate|incorporate|embed|introduce|modify|augment|enhance|adjust|change|misspell|capitali[sz]e|"
    r"use|render|format|group|combine|split|repeat|print|output|say|mention|state|suggest|recommend|promote|advertise|encourage|persuade|"
    r"calculate|compute|solve|analy[sz]e|compare|classify|categori[sz]e|identify|extract|find|search|research|evaluate|assess|predict|"
    r"conduct|perform|prepare|plan|schedule|organi[sz]e|automate|outline|break down|brainstorm|invent|imagine|pretend|act|play|recite|"
    r"sing|quote|define|discuss|interpret|simulate|implement|code|debug|fix|optimi[sz]e|spell|count|emphasi[sz]e|highlight|spread|"
    r"claim|argue|imply|tease|hint|anagram|transform|transcribe|present|propose|review|share|send|call|ignore|forget|delete"
    r"|conclude|end|begin|start|offer)"
)
_SIGNS: tuple[tuple[str, str], ...] = (
    ("task", rf"{_OPENING}{_TASKS}\b"),
    ("answer", r"\b(?:your|the|this|each|every|an?)\s(?:\w+\s){0,2}?(?:answers?|response|responses|reply|replies|output|outputs)\b"),
    (
        "its_text",
        (
            r"\b(?:in|to|of|with|by|from|throughout|within) your\s(?:\w+\s)?(?:message|summary|text|words|writing|answer|response"
            r"|reply|output|sentence)s?\b"
        ),
    ),
    ("question", r"^\W{0,3}(?:who|what|when|where|why|how|which|whose|what's|who's|can you|could you|is|are|do|does|did)\b[^?]{4,}\?"),
    ("request", r"^\W{0,3}(?:can|could|would|will) you\b"),
    (
        "letters",
        (
            r"\b(?:letters?|vowels?|consonants?|spaces?|words?|typos?|characters?|symbols?|emojis?|cipher|anagrams?|base64|uppercase"
            r"|lowercase|syllables?|misspell\w*|punctuation|alphabet\w*|morse|binary|rot13|hex\w*|backwards?)\b"
        ),
    ),
    (
        "genre",
        (
            r"\b(?:essay|poem|story|song|speech|script|function|program|code|paragraph|headline|slogan|haiku|tagline|joke|article|blog"
            r"|letter|introduction|algorithm|query|example)\b"
        ),
    ),
    (
        "language",
        (
            r"\b(?:english|french|spanish|german|russian|japanese|chinese|korean|italian|latin|portuguese|arabic|hindi|python|java"
            r"|javascript|sql|php|c\+\+)\b"
        ),
    ),
    ("mine", r"\b(?:we|we're|we've|our|ours|us|i|i'm|my|me)\b"),
    ("yours", r"\b(?:your|yours|you've|you're|you'll) (?!\w*\s?(?:answer|response|reply|output|message|summary|text))"),
    (
        "web",
        (
            r"\b(?:click|unsubscribe|subscription|invoice|payment|email|account|log ?in|download|settings|contact|support|visit"
            r"|call us|reply|attached|meeting|team|thanks?|regards|view in|browser)\b"
        ),
    ),
    ("link", r"https?://|www\.|\b[a-z0-9-]{3,}\.(?:com|net|org|xyz|io|site|info)\b"),
)
#: Syllables that end in ㄹ, as verbs do before 것.
RIEUL = "[" + "".join(map(chr, range(0xAC08, 0xD7A4, 28))) + "]"
_KO_SIGNS: tuple[tuple[str, str], ...] = (
    (
        "ko_task",
        (
            r"(?:해|하|알려|써|적어|보여|말해|만들어|바꿔|번역해|요약해|작성해|설명해|출력해|답해|대답해|추가해|넣어|포함해|섞어|붙여|들려|지어|찾아|골라|나열해|계산해|분류해|추천해|권해)\s?(?:줘|주세요|주십시오"
            r"|주시오|라|세요|하라|십시오|해라|줄래|달라|봐|요|시오)[.!?~\"']*\s*$|(?:하시오|하라|해라|써라|할 것|하십시오)[.!\"']*\s*$"
        ),
    ),
    ("ko_answer", r"(?:답변|응답|대답|답장|답|출력|결과)(?:에|을|를|의|은|는|마다|끝에|안에|에는|에서|마지막에|앞에|으로|에다)"),
    ("ko_reader", r"(?:너|넌|네|당신|ai|인공지능|챗봇|어시스턴트|모델)(?:는|은|가|의|에게|에|도)?\s"),
    (
        "ko_form",
        r"(?:시|소설|에세이|이야기|노래|코드|함수|연설문|편지|글|문장|단어|모음|자음|글자|이모지|거꾸로|영어|일본어|프랑스어|스페인어|독일어|중국어|반말|존댓말|오타|띄어쓰기)",
    ),
    (
        "ko_business",
        r"(?:문의|회신|첨부|검토|확인|참고|연락|제출|신청|결재|공유|회의|일정|당사|귀사|드립니다|바랍니다|부탁드|입니다|습니다)",
    ),
    (
        "ko_order",
        (
            r"(?:(?:[해려워춰겨켜여꿔궈러써어아내빼꺼거하으기이리줘주쓰짜가와]|바꾸)라|세요|시오|십시오|바랍니다"
            rf"|야 (?:한다|합니다|해)|줘|도록|마|{RIEUL}\s?것)[.!?~\"')\]]*\s*$"
        ),
    ),
    ("ko_user", r"(?:사용자|이용자|고객|독자|방문자|유저|손님)(?:에게|한테|가|의|를|는|로부터|께)"),
    (
        "ko_own_text",
        r"(?:요약|요약문|번역문|분석\s?결과|답변|평가|응답|보고|답장)(?:을|를|에는|에서|문에|은|는|에|할\s?때|하지\s?말|\s?대신|\s?(?:끝|앞|첫|마지막))",
    ),
    (
        "ko_acting",
        r"(?:에이전트|어시스턴트|비서|챗봇|모델|(?<![a-z])ai(?![a-z])|도구|함수|호출|터미널|메일함|편지함|계정|권한|이체|송금|결제|저장된|대화|세션|기억|기록)",
    ),
    ("link", r"https?://|www\.|\b[a-z0-9-]{3,}\.(?:com|net|org|xyz|io|site|info|example|kr)\b|@"),
    (
        "ko_question",
        r"(?:누구|무엇|어디|언제|얼마|몇|왜|어떻게|어느|어떤|뭐)[^?]{0,40}(?:\?|인가요?|일까요?|나요|인지)[.?]*\s*$",
    ),
)
_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _SIGNS)
_KO_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _KO_SIGNS)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,64}\w")
_HANGUL = re.compile(r"[가-힣]")
_WORD = re.compile(r"[a-z]{4,}|[가-힣]{2,}")
#: Signs of two: a first one, and whether one of others is there too.
_HUMAN = frozenset({"mine", "yours", "web"})
_TOGETHER: tuple[tuple[str, str, frozenset[str], bool], ...] = (
    ("task_answer", "task", frozenset({"answer"}), True),
    ("plain_question", "question", _HUMAN, False),
    ("plain_task", "task", _HUMAN, False),
    ("ko_told_on", "ko_order", frozenset({"ko_user"}), True),
    ("ko_told_how", "ko_order", frozenset({"ko_own_text"}), True),
    ("ko_told_to_act", "ko_order", frozenset({"ko_acting", "link"}), True),
    ("ko_told_to_write", "ko_order", frozenset({"ko_form"}), True),
)
#: Words beyond which a sentence is long, and letters below which it is a heading or a cell.
_LONG, _FEW = 30, 12


def parts(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences that have enough letters to ask for anything."""
    for match in _PART.finditer(text):
        for start in range(match.start(), match.end(), _LONGEST):
            end = min(start + _LONGEST, match.end())
            if sum(character.isalpha() for character in text[start:end]) >= _FEW // (2 if not text[start:end].isascii() else 1):
                yield start, end


def plain(sentence: str) -> str:
    """What the models read of a sentence: whose address stands in it, and the words of its host, say nothing of who is told what."""
    return _MAIL.sub("@", sentence) if "@" in sentence else sentence


def language(sentence: str) -> str:
    """Whose model reads a sentence: ``ko`` where it has Hangul, else ``en``."""
    return "ko" if _HANGUL.search(sentence) else "en"


def signs(sentence: str, around: Mapping[str, int]) -> dict[str, float]:
    """Signs of a sentence in small letters; ``around`` counts the words of the whole document, the sentence included."""
    korean = language(sentence) == "ko"
    found = {name: 1.0 for name, pattern in (_KO_PATTERNS if korean else _PATTERNS) if pattern.search(sentence)}
    words = _WORD.findall(sentence)
    own = {word: words.count(word) for word in words}
    shared = sum(around.get(word, 0) > times for word, times in own.items())
    found["apart"] = 1.0 - min(1.0, 2.0 * shared / max(1, len(own)))
    found["ends"] = 1.0 if sentence.rstrip()[-1:] in ".!?\"'”" else 0.0
    found["long"] = 1.0 if len(sentence.split()) > _LONG else 0.0
    found["short"] = 1.0 if len(sentence.split()) < 4 else 0.0
    for name, first, others, wanted in _TOGETHER:
        if first in found and bool(found.keys() & others) is wanted:
            found[name] = 1.0
    return found


def counted(text: str) -> dict[str, int]:
    """The words of a document in small letters, counted."""
    found: dict[str, int] = {}
    for word in _WORD.findall(text):
        found[word] = found.get(word, 0) + 1
    return found
