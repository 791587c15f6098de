"""The words of a text as every engine counts them: alphabets by word, scripts without dependable spaces by character pair.

Korean glues particles to its words and spaces them freely; pairs of characters find 재시작 in 재시작하는, where words do
not. On questions of our own pairs bring the first place from .34 to .91 (train half of `bench/korean.py`; .30 to .85 on its test half);
Latin letters in pairs would only blur English words, hence the mixture.
"""

import re
import unicodedata

#: Hangul, kana, Han, Thai, Lao, Myanmar, Khmer: written without spaces, or with spaces that carry too little.
PAIRED = "ᄀ-ᇿ㄰-㆏가-힣぀-ヿㇰ-ㇿ㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_RUNS = re.compile(f"[{PAIRED}]+|[^\\W_{PAIRED}]+")
_WITHIN = re.compile(f"(?<=[{PAIRED}])([{PAIRED}])(?=[{PAIRED}])")
_WORDS = re.compile(r"[^\W_]+")
_FUNCTION_WORDS = """
a an the of and or to in on at by for from with as about into over under between during after before than then
is are was were be been being do does did done has have had can could should would will may might
it its this that these those there they their he his him she her we our us you your i my me
what which who whom whose when where why how please tell not no if but also
왜 좀 뭐야 뭔가요 알려줘 알려주세요 설명해줘 설명해주세요 말해줘 말해주세요 가르쳐주세요
"""
_ASKING = frozenset(_FUNCTION_WORDS.split())
_INTERROGATIVE = re.compile(
    "(?:무엇|누구|언제|어디|어떻게|어떤|어느|무슨)(?:이|가|을|를|은|는|의|에|에서|로|인|인가|인가요|입니까|이었나|이었습니까)?"
)
#: A word must be left: 인가 alone is an approval and no ending.
_ENDING = re.compile("(?<=[가-힣])(?:(?:이었|였|었|았|했|하였)?습니까|입니까|[인한는은던](?:가요|지요|가)|나요|까요|해줘|해주세요)$")
_ACCENTED = re.compile("[À-ɏḀ-ỿ]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def fold(text: str) -> str:
    """Compatibility forms, case and the accents of Latin letters levelled out; lone surrogates dropped."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", _SURROGATES.sub("", text)).casefold()
    return _ACCENTED.sub(lambda letter: unicodedata.normalize("NFD", letter[0])[0], folded)


def mix_tokens(text: str) -> list[str]:
    """The tokens in order, repeats kept: ``"GPT 재시작 2024년"`` -> ``["gpt", "재시", "시작", "2024", "년"]``."""
    folded = fold(text)
    return _WORDS.findall(folded) if folded.isascii() else _pairs(folded).split()


def mix_text(text: str) -> str:
    """`mix_tokens` in one text, for an engine that parts words by itself at whatever is no letter and no digit."""
    folded = fold(text)
    return folded if folded.isascii() else _pairs(folded)


def _pairs(folded: str) -> str:
    # A character amid others of its script ends one pair and begins the next.
    return _WITHIN.sub(r"\1 \1", " ".join(_RUNS.findall(folded)))


def query_words(query: str) -> list[str]:
    """The folded words of a query that say what it is about, in order; all of them where none does.

    What only makes a question of it goes: function words, interrogatives, endings of Korean questions and requests. They
    weigh much where they are rare, as 습니까 is in written Korean, and cost most where they are frequent.
    """
    written = _WORDS.findall(unicodedata.normalize("NFKC", query))
    # WHO, IT and US are no function words, unless all is in capitals.
    names = set() if query.isupper() else {fold(word) for word in written if word.isupper() and len(word) > 1}
    words = [fold(word) for word in written]
    asking = _ASKING - names
    telling = [_ENDING.sub("", word) for word in words if word not in asking and not _INTERROGATIVE.fullmatch(word)]
    return telling or words


def query_tokens(query: str, *, limit: int = 256) -> list[str]:
    """The distinct tokens of a query's words, the first ``limit`` of them: engines bound the clauses of one query."""
    return list(dict.fromkeys(mix_tokens(" ".join(query_words(query)))))[:limit]
