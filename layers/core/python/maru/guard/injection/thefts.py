"""A sentence that asks the model what it was told: its own prompt, rules or set-up, and a word of telling, in whatever order."""

import re

from maru.guard.scripts import words

#: Letters without one of which no sentence does so.
HINTS = {
    "ko": (
        "프롬프트",
        "지시",
        "지침",
        "명령",
        "문구",
        "설정",
        "규칙",
        "가이드",
        "정책",
        "원칙",
        "제약",
        "금지",
        "말라고",
        "컨텍스트",
        "역할",
        "말투",
        "성격",
        "페르소나",
        "메시지",
        "안내문",
        "입력",
        "받은",
        "당신은",
        "너는",
        "시킨",
        "적어",
        "써",
    ),
    "en": (
        "prompt",
        "instruct",
        "direct",
        "guideline",
        "rule",
        "constraint",
        "restriction",
        "configur",
        "context",
        "preamble",
        "message",
        "set-up",
        "setup",
        "persona",
        "told",
        "forbidden",
        "set up",
        "programmed",
        "prohibited",
        "primed",
        "developer",
        "creator",
        "operator",
        "maker",
        "admin",
    ),
}
_HANGUL = re.compile(r"[가-힣]")


_TOLD_EN = (
    r"(?:system |initial |hidden |secret |original |internal |developer |startup |base |pre-?)?(?:prompt|instructions?"
    r"|directives?|directions|guidelines|rules|constraints|restrictions|"
    r"configuration|context(?: window)?|preamble|system message|developer message|set-?up text|persona)"
)
#: The model's own, or what it was told.
_OWN_EN = words(
    (
        rf"\byour (?:own |full |exact |complete |entire |current |very |first |whole )?{_TOLD_EN}\b(?! (?:for|about|on|regarding|to"
        r"|manual|booklet|leaflet|page|video) )"
    ),
    r"\b(?:system|developer|hidden|initial|secret) (?:prompt|message|instructions?|directives?|directions)\b.{0,30}\byou\b",
    r"\byou (?:were|are|have been|got|had been)\b.{0,24}\b(?:told|configured|instructed|forbidden|set up|programmed|prohibited|primed)\b",
    rf"\byou (?:were|are|have been|had been) given\b.{{0,20}}\b{_TOLD_EN}\b",
    rf"\b{_TOLD_EN}\b (?:that |which )?you (?:follow|obey|operate|run|were|are|have (?:been|received)|got|received)\b",
    r"\b(?:message|text|prompt|words) (?:that|which) (?:set|configured|primed|instructed|started|defines?|defined) you\b",
    r"\bare you (?:forbidden|told|instructed|configured|prompted)\b",
    rf"\b{_TOLD_EN}(?: text)?\b of (?:this|the) (?:bot|chatbot|assistant|ai|model)\b",
    (
        r"\b(?:developers?|creators?|operators?|makers?|admins?)\b.{0,20}\b(?:gave|give|told|tell|wrote|write|set|instruct(?:ed)?"
        r"|asked?|said|say)\b.{0,20}\b(?:you|before my first)\b"
    ),
)
_REVEAL_EN = words(
    r"\b(?:reveal|show|print|output|display|repeat|recite|tell me|give me|leak|expose|disclose|dump|write|share|copy|list"
    r"|quote|translate|summari[sz]e|paraphrase|encode|return|paste|put|convert|spell|"
    r"read (?:out|me|back)|render|complete|finish|enumerate|type|echo|describe|export|name)\b",
    r"\bwhat(?:'s| is| are| were| was| did| do| does)?\b.{0,60}",
    r"\bwhich\b|\bi (?:need|want|require)\b.{0,24}\b(?:wording|text|copy|contents?)\b",
)
_MADE_EN = words(
    (
        r"\bhow (?:do|can|should|would|to)\b.{0,30}\b(?:write|make|create|design|improve|protect|structure|test|hide|set|change"
        r"|configure|add)\b"
    ),
    r"\bwhat (?:is|are) (?:a |an |the (?:role|purpose|point|use|meaning) of |system prompts?\b)",
    (
        r"\b(?:why|paper|research|article|attackers?|injection|leak(?:age|s|ed)|best practices?|tips?|example of|for my (?:bot|app"
        r"|agent|assistant|model))\b"
    ),
)
_TOLD_KO = (
    r"(?:프롬프트|지시\s?(?:사항|문)?(?!대로)|지침(?!서)|명령(?:문|어)?(?!\s?(?:목록|을\s?실행|프롬프트))|초기화\s?문구|설정"
    r"(?:\s?(?:값|문구|텍스트|내용|문장|파일|프롬프트))?"
    r"|규칙|가이드라인|(?:운영\s?)?정책|원칙|제약(?:\s?조건)?|금지\s?(?:사항|어|된)|컨텍스트|안내문|시스템\s?메시지|메시지)"
)
_ITS = (
    r"(?:(?:시스템|초기|초기화|내부|숨겨진|숨은|비밀|전체|운영|기본|현재|모든|원래|최초|실제|진짜|핵심|배경|첫|설정|개발자"
    r"|system)\s?(?:의\s?)?){0,3}"
)
_BOT = r"(?:챗봇|이\s?봇|어시스턴트|인공지능|ai)"
_YOU = r"(?<![가-힣])(?:너|네|니|넌|당신|자네|챗봇|이\s?봇|어시스턴트|인공지능|ai)"
_OWN_KO = words(
    # Its own, by possession.
    rf"(?<![가-힣])(?:너의|네|니|너희|당신의|자네의|{_BOT}의)\s?(?!네\s?번째){_ITS}{_TOLD_KO}(?!\S{{0,2}}\s?(?:알겠|감사))",
    rf"(?<![가-힣]){_BOT}\s(?:시스템\s?)?(?:프롬프트|지시문|설정(?:에\s?들어간|\s?(?:값|문구|텍스트|프롬프트)))",
    # What it was given, follows, runs by.
    (
        rf"{_YOU}(?:가|이|는|은|를|을|에게|한테|게|한테는)?\s[^.\n]{{0,16}}?(?:받은|받고\s?있는|따르는|따라야|지켜야|가진"
        rf"|갖고\s?있는|적용|주어진|설정된|참고한|들어\s?있는|입력된|움직이"
        rf"|정해\s?둔|정해진|작동하|동작하)[^.\n]{{0,12}}?(?:{_TOLD_KO}|글|내용|텍스트|문장)"
    ),
    (
        rf"(?<![가-힣])(?:너|네|당신|챗봇)(?:에게|한테|게)\s?(?!\s?줄)[^.\n]{{0,16}}(?:말라고|금지|시킨|내린|써\s?(?:놨|놓|둔)"
        rf"|적어\s?(?:놨|놓|둔)|(?:입력(?:된|한)|준"
        rf"|적용된)\s?[^.\n]{{0,4}}(?:{_TOLD_KO}|글|텍스트))"
    ),
    r"(?<![가-힣])(?:너|네|니|넌|당신)(?:가|는|이|은)?\s[^.\n]{0,12}(?:무슨|어떤)\s?(?:설정|프롬프트|지시|지침|명령)"
    r"[^.\n]{0,10}(?:시작|동작|움직|받|따르|작동|돌아)",
    r"(?<![가-힣])(?:너|네|니|당신)(?:의)?\s(?:성격|말투|역할)\S{0,2}\s?[^.\n]{0,8}(?:정해\s?둔|설명|설정)",
    (
        r"(?:내가|제가|사용자가)\s?[^.\n]{0,12}(?:보내|말하|입력하|묻)기\s?전에?\s?[^.\n]{0,8}(?:네가|너|당신이)\s?[^.\n]{0,6}"
        r"(?:받은|입력된|들은)|(?:첫\s?)?(?:사용자"
        r"|유저)\s?(?:메시지|입력|말)\S{0,2}\s?(?:앞|이전|전)에?\s?(?:놓인|있는|적힌|나온)"
    ),
    r"위\s?(?:의\s?)?(?:내용|글|텍스트|문장)[^.\n]{0,8}['\"‘“]?(?:당신은|너는|you are)",
    r"(?:사용자가\s?아닌\s?쪽|운영자|제작자)(?:가|이|에서)?\s?(?:너에게\s?)?(?:준|내린|적은|정한|넣은|숨긴|숨겨\s?둔)\s?"
    r"(?:지시|지침|명령|금지\s?사항|프롬프트|규칙)",
)
#: Nobody's in particular: such a thing itself, asked for as it stands.
_ITSELF_KO = words(
    (
        r"(?<!의 )(?:시스템|초기|최초|원래|숨겨진|숨은|히든|비밀)\s?프롬프트|시스템\s?(?:메시지|지침|지시\s?(?:사항|문)?"
        r"|명령문)|(?<!의 )(?:시스템|초기|최초)\s?설정\s?(?:텍스트|문구|문장"
        r"|프롬프트)|개발자\s?(?:메시지|프롬프트|지시문)|(?:초기|최초|원래)\s?(?:지시\s?(?:문|사항)|명령문)|(?<!의 )(?:숨겨진"
        r"|숨은|비밀|내부)\s?(?:지침|지시(?:사항|문)?|명령(?!어)"
        r"|규칙)"
    ),
)
_REVEAL_KO = words(
    r"알려|보여|출력|말해|말하|공개|적어|써\s?(?:줘|라|봐|내|주)|복사|반복|읊|번역|옮겨|요약|내놔|내놓|유출|드러|나열|읽어"
    r"|읽는다|변환|반환|인코딩|바꿔|정리해|들려|복창|되풀이|붙여|인용|내보내|덤프|뽑아"
    r"|제출|털어놔|불러|표로|풀어서|"
    r"소리\s?내|거꾸로|번호\s?(?:를\s?)?매겨|뭐야|뭐니|뭐였|뭔지|뭐라고|무엇|어떻게\s?(?:되|시작|쓰여)|그대로|전부|전문|원문"
    r"|통째로|한\s?글자|마지막\s?문장|첫\s?(?:문장|단락|줄)|(?:동작"
    r"|작동|움직이|돌아가)[^.\n]{0,6}(?:니|나요|어|는지|까)",
)
_WHOLE_KO = words(
    r"출력|복사|반복|읊|유출해|덤프|그대로|원문|전문|통째로|복창|되풀이|인용|붙여\s?넣|번역|옮겨|한\s?글자|거꾸로|base64"
    r"|인코딩|변환|반환|제출|공개(?:해|하)|내놔|내놓|나열|뭐였|첫\s?문장"
    r"|마지막\s?문장|\d+\s?단어|요약이라도|(?:시|노래|이야기|편지|영어|표|코드)(?:로|으로)\s?(?:바꿔|바꾸|풀어|만들)|뭐야|뭔지|"
    r"(?:프롬프트|메시지|지침|지시\s?(?:사항|문)?|명령문?|규칙|내용|전체)(?:을|를|들을)?\s?(?:좀\s?|다\s?|모두\s?|전부\s?"
    r"|나한테\s?|나에게\s?|먼저\s?|빨리\s?){0,2}(?:알려"
    r"|보여|말해|적어|들려|읽어|써\s?줘)",
)
_MADE_KO = words(
    r"(?:만들|작성할|쓸|설계할|구성할|정할)\s?때|(?:쓰는|작성하는|만드는|짜는|설계하는|바꾸는|보호하는|막는|숨기는|끄는|켜는"
    r"|설정하는|실행하는)\s?(?:법|방법|요령|것)|요령|왜\s|유출(?:을|이|되)|위험|이?란\s|"
    r"의\s?(?:뜻|의미|정의|개념|차이|장점|단점|중요성|종류)|방지|방어|탐지|논문|기사|예시|초안|템플릿|검토|개선|다듬|고쳐|차이"
    r"|(?:프롬프트|메시지|지침|규칙)(?:을|를)?\s?(?:하나\s?|새로\s?"
    r"|대신\s?)?(?:작성|만들어|써)\s?(?:해\s?)?(?:줘|줄래|주세요|달라)|[가-힣]용\s?시스템|(?:프롬프트|메시지|지침)(?:에|은"
    r"|는)\s|몇\s?글자|어떻게\s?(?:써|작성|만들|해야)|api",
)
#: The thing itself is only a notion where somebody asks what it is.
_NOTION_KO = re.compile(r"(?:시스템|초기)\s?(?:프롬프트|메시지)(?:가|이|는|란|이란)?\s?(?:뭐야|뭔지|뭔가|무엇)")


#: Who was told it and did not do it, and that nobody may.
_REPORTED_KO = re.compile(
    r"라고\s?(?:\S{1,10}\s){0,2}?(?:했|하였|요청했|지시했|시켰|말했|적(?:혀|힌|었))"
    r"|(?:프롬프트|메시지|지침|규칙|지시(?:문|사항)?)(?:을|를|은|는)?\s?[^.\n,]{0,12}지\s?(?:마세요|마십시오|말아|않)[^,\n]{0,12}[.!]?\s*$"
)


def steals(sentence: str) -> bool:
    """Whether it does, and is not about making such a thing; small letters."""
    if _HANGUL.search(sentence) and _steals_in_korean(sentence):
        return True
    return bool(_OWN_EN.search(sentence) and _REVEAL_EN.search(sentence)) and not _MADE_EN.search(sentence)


def _steals_in_korean(sentence: str) -> bool:
    if _MADE_KO.search(sentence) or _REPORTED_KO.search(sentence):
        return False
    if _OWN_KO.search(sentence):
        return bool(_REVEAL_KO.search(sentence))
    return bool(_ITSELF_KO.search(sentence) and _WHOLE_KO.search(sentence)) and not _NOTION_KO.search(sentence)
