"""Korean names and addresses: by the words around them and by the surnames there are."""

import re
from pathlib import Path

from maru.guard.pii.recogniser import Recogniser, always
from maru.guard.scripts import words

#: Surnames of more than nine in ten thousand people (인구주택총조사 2015, 성씨별 인구), two-syllable ones first.
SURNAME = (
    "남궁|황보|제갈|사공|선우|서문|독고|동방|[김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구"
    "민진나지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용예경봉사부]"
)
#: What stands before or after people's names only; particles may follow.
_AFTER = (
    "씨|님|군|양|고객|환자|회원|선생|교수|박사|대리|과장|차장|부장|팀장|실장|본부장|이사|상무|전무|"
    "사장|대표|회장|원장|변호사|기자|의원|주임|사원|매니저|간호사|학생|어르신"
)
_BEFORE = (
    "고객명|담당자|성함|이름|성명|예금주|수취인|받는\\s?(?:분|사람)|보내는\\s?(?:분|사람)|신청인|신청자|계약자|피보험자|보호자|환자명|"
    "회원명|작성자|대표자|대표이사|임차인|임대인|매수인|매도인|피고인|피의자"
)
#: What people are called before their names, and of which much else is said.
_SOMEBODY = "고객|담당|환자|회원|대표|근로자|원고|피고|상담원|직원|친구|동료"
#: How somebody says who he is, and what then follows his name.
_MYSELF = "저는|제가|나는|본인은"
_CALLED = r"(?=(?:이)?(?:라고|라는)|라\s?합니다|입니다|이에요|예요|인데|이고|이며|이야|\s?[.,!\n]|\s?$)"
#: Endings that make a sequence of syllables a word of another kind though it begins like a name.
_NO_NAME = (
    "하는|하고|하여|해서|해야|했다|한다|합니|입니|습니|되는|되어|에서|에게|으로|부터|까지|처럼|보다|마다|정보|번호|센터|은행|회사|병원|학교|대학|"
    "전화|주소|서비스|담당|고객|우리|이번|이상|이하|이후|이전|지금|현재|주문|문의|사용|신청|구매|안내|기타|전체|모든|어떤|조회|변경|사항|관련|필요|"
    "가능|예정|완료|진행|확인|정도|이용|부탁|감사|안녕|그런|이런|저런|오늘|내일|어제|다른|여러|주세|하세|인지|인가|이며|이고|이나|라고|성함|이름|연락"
)
PROVINCE = (
    "서울(?:특별시|시)?|부산(?:광역시|시)?|대구(?:광역시|시)?|인천(?:광역시|시)?|광주(?:광역시|시)?|대전(?:광역시|시)?|울산(?:광역시|시)?|"
    "세종(?:특별자치시|시)?|경기도?|강원(?:특별자치도|도)?|충청?[남북]도?|충청[남북]도|전라[남북]도|전[남북](?:특별자치도)?|전북특별자치도|경상[남북]도|경[남북]|"
    "제주(?:특별자치도|도)?"
)
_PARTICLE = (
    r"(?=$|[^가-힣]|(?:은|는|이|가|을|를|의|에게|께|께서|한테|와|과|도|로|으로|입니다|이에요|예요|"
    r"이라고|라고|이고|이며|인데|이야|야|님|씨|아|만|랑|이랑)(?![가-힣]{3}))"
)

#: Words that end in 로 and are no roads, before numbers that count something.
_ADVERB = (
    r"[가-힣]{0,8}(?:으로|번째로|상대로|반대로|후보로|득표로|단위로|기준으?로|이유로|주제로|진짜로|추가로|대체로|실제로|별도로|최대로|최초로|"
    r"최고로|평균으?로|선발대로|그대로|이대로|제대로|차례로|때로|서로|바로|새로|주로|따로|홀로|골로|유로|(?<![가-힣])예로)[ ]?\d"
)
_ROAD = r"[가-힣0-9]{1,12}(?:대로|로|길)(?:[ ]?\d{1,4}번?(?:가|나|다)?길)?"
_LOT = r"[가-힣]{1,8}\d{0,2}(?:동|읍|면|리|가)"
_DETAIL = (
    r"(?:[ ,]{1,3}(?:\([가-힣0-9 ,·]{1,30}\)|지하\s?\d{1,2}층|[가-힣A-Za-z0-9]{1,15}[ ]?(?:아파트|빌딩|타워|오피스텔|빌라|맨션|주택|센터)|"
    # Whatever stands before a unit is the building's name.
    r"[가-힣A-Za-z0-9]{1,15}(?=[ ]{1,2}(?:\d{1,4}동[ ]{0,2}\d{1,4}호|B?\d{1,4}(?:층|호)))|"
    r"(?:제)?[A-Za-z가-힣0-9]{1,4}동|B?\d{1,4}(?:-\d{1,4})?(?:층|호|호실)|\d{1,4}-\d{1,5}(?![\d-]))){0,5}"
)
_REGION = rf"(?:(?:{PROVINCE})[ ,]{{0,2}})?(?:[가-힣]{{1,6}}(?:시|군|구)[ ,]{{1,2}}){{0,3}}(?:[가-힣]{{1,8}}(?:읍|면|동)[ ,]{{1,2}})?"
_ADDRESS = re.compile(
    rf"(?<![가-힣])(?:{_REGION}(?!{_ADVERB}){_ROAD}[ ]?(?:지하[ ]?)?\d{{1,5}}(?:-\d{{1,4}})?"
    r"(?!\d|번?길|[.,~∼]\d|-\d|[ ]?(?:원|명|년|개|건|월|일|회|시간|킬로|km|m|kg|%|위|차|배|도)"
    # Attached alone: a building's name may follow a blank.
    r"|시|분|초|톤|골|승|패|대|점|표|석|억|만|천|백|조|여|세|살|주|장|편|곡|권|팀|인|쪽|평|종|번째|가지|이닝)"
    rf"|(?:(?:{PROVINCE})[ ,]{{0,2}})?(?:[가-힣]{{1,6}}(?:시|군|구)[ ,]{{1,2}}){{1,3}}"
    rf"(?:[가-힣]{{1,6}}(?:읍|면)[ ]{{1,2}})?{_LOT}[ ]?(?:산[ ]?)?\d{{1,5}}(?:-\d{{1,4}})?(?:번지)?"
    r"(?!\d|[ ]?(?:명|원|개|건)))"
    rf"{_DETAIL}"
)


def _name(value: str) -> float:
    """None where the syllables rather make a word of another kind: by how it ends, unless many bear the given name."""
    if len(value) > 2 and value[-2:] in _GIVEN:
        return 0.7
    return 0.0 if _WORD.search(value) or value[-1] in _ENDING or value in _NOUNS or value in _BEGUN else 0.7


def _given(value: str) -> float:
    """A name that nothing announces is told by its given name, where many bear it; less sure than one that is."""
    return 0.55 if value[-2:] in _GIVEN and value not in _NOUNS else 0.0


def _spaced(value: str) -> float:
    return 0.7 if value[-2:] in _GIVEN else 0.0


_WORD = re.compile(_NO_NAME)
#: Last syllables of words before titles and behind 제가: "사시는 환자", "제가 이렇게".
_ENDING = frozenset("은는이가을를의에도로와과한할된될던면고며게니까데들적때서지만쁜실신러")
#: Words that begin like a surname and stand where names do.
_BEGUN = frozenset(
    (
        "어차피", "이제", "정말", "제일", "이건", "이걸", "이거", "선생", "원장", "차관", "장관", "강의", "기대", "서울대", "소아과",
        "강원", "국회", "전체", "소속", "주변", "마지막", "현장", "여기", "조금", "진짜", "원래", "이미", "전혀", "모두", "계속",
        "사실", "인근", "지역", "우선", "기존", "상당수", "전국", "해외", "국내", "외부", "내부", "현직", "전직", "신규", "기업",
        "공공", "지방", "민간", "여성", "남성", "어린", "노인", "장애", "임시", "예비", "유명", "주인", "전공", "기사", "부모", "성명",
        "방송", "이사장", "사망률", "이사", "전무", "여사", "고모", "이모", "공주", "부장", "차장", "조장", "신부", "천사", "은사",
        "선배", "강사", "임금", "주임", "조교",
    )
)  # fmt: skip
#: Nouns that are read like a surname and such a name.
_NOUNS = frozenset(
    [
        "연예인",
        "지지율",
        "구성원",
        "국정원",
        "경영자",
        "전성기",
        "선형식",
        "우경화",
        "위정자",
        "도화선",
        "하나경",
        "소수정",
        "문제인",
        "황제인",
        "차이나",
        "공정성",
        "한국인",
        "변화성",
        "양성자",
        "인지도",
        "기정화",
        "신선도",
        "유기화",
        "조형수",
        "고정자",
        "모수정",
        "현지인",
        "동성애",
        "방어선",
        "명시성",
        "성장률",
        "안정성",
        "유동성",
        "진정성",
        "고유성",
        "정체성",
    ]
)
#: Given names of two syllables that are no other words, of those born since 1940.
_GIVEN = frozenset(Path(__file__).with_name("korean_given_names.txt").read_text(encoding="utf-8").split())

RECOGNISERS = (
    Recogniser(
        "pii",
        "NAME",
        "Korean name before a form of address",
        re.compile(rf"(?<![가-힣])(?P<value>(?:{SURNAME})[가-힣]{{1,2}})(?:[ ]{{1,2}}(?:{_AFTER})|(?:님|씨))(?![가-힣]{{4}})"),
        _name,
        hangul=True,
    ),
    Recogniser(
        "pii",
        "NAME",
        "Korean name after a word that announces one",
        re.compile(
            rf"(?:(?:{_BEFORE})(?:은|는|이|가|님은|님|의)?[\"']?\s{{0,2}}[:：=\-|]?[\"']?\s{{0,3}}"
            rf"|(?:{_SOMEBODY})(?:[\"']?\s{{0,2}}[:：=\-|][\"']?\s{{0,3}}|\s{{1,3}}))"
            rf"(?<=[\s:：=\-|\"'])(?P<value>(?:{SURNAME})[가-힣]{{1,2}}){_PARTICLE}"
        ),
        _name,
        hangul=True,
    ),
    Recogniser(
        "pii",
        "NAME",
        "Korean name of who speaks",
        re.compile(rf"(?<![가-힣])(?:{_MYSELF})\s{{1,3}}(?:[가-힣A-Za-z]{{1,12}}\s)?(?P<value>(?:{SURNAME})[가-힣]{{1,2}}?){_CALLED}"),
        _name,
        hangul=True,
    ),
    Recogniser(
        "pii",
        "NAME",
        "Korean name by its given name",
        re.compile(rf"(?<![가-힣])(?P<value>(?:{SURNAME})[가-힣]{{2}}){_PARTICLE}"),
        _given,
        hangul=True,
    ),
    Recogniser(
        "pii",
        "NAME",
        "Korean name with a blank in it before a form of address",
        re.compile(rf"(?<![가-힣])(?P<value>(?:{SURNAME})[ ][가-힣]{{2}})(?:[ ]{{1,2}}(?:{_AFTER})|(?:님|씨))(?![가-힣]{{4}})"),
        _spaced,
        hangul=True,
    ),
    Recogniser(
        "pii",
        "ADDRESS",
        "Korean address: road name or lot with its number",
        _ADDRESS,
        always(0.85),
        digits=1,
        hangul=True,
        hint=re.compile(r"[로길동읍면리가][ ]?(?:(?:지하|산)[ ]?)?\d"),
    ),
    Recogniser(
        "pii",
        "DATE_OF_BIRTH",
        "date beside words of birth",
        re.compile(
            r"(?<![\d.])(?:(?:19|20)\d{2}[ ]?[-./년][ ]?(?:0?[1-9]|1[0-2])[ ]?[-./월][ ]?(?:[12]\d|3[01]|0?[1-9])(?:[ ]?일)?"
            r"|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
            r"|\d{2}[-./년][ ]?(?:0?[1-9]|1[0-2])[-./월][ ]?(?:[12]\d|3[01]|0?[1-9])(?:[ ]?일)?"
            r"|\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
            r"|(?:0?[1-9]|1[0-2])/(?:[12]\d|3[01]|0?[1-9])/(?:(?:19|20)\d{2}|\d{2})"
            r"|(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?[ ]\d{1,2}(?:st|nd|rd|th)?,?[ ]\d{4}"
            r"|\d{1,2}(?:st|nd|rd|th)?[ ](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6},?[ ]\d{4}))(?!\d)"
        ),
        always(0.3),
        re.compile(r"생년월일|생일|출생|태어|년생|\n\s?생(?![가-힣])|birth|born|\bdob\b", re.IGNORECASE),
        0.85,
        needs_context=True,
        digits=4,
        hint=words("생(?:년월일|일|(?![가-힣]))", "출생", "태어", "년생", "birth", "born", "dob"),
    ),
)
