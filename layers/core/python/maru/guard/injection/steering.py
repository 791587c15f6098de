# ruff: noqa: E501 - a pattern stands on one line
"""A sentence of a document that steers whoever answers about it: its reader's memory, task, answer, user or tools, in whatever order."""

import re

from maru.guard.injection.sentences import RIEUL
from maru.guard.scripts import words

#: Letters without one of which no sentence does so.
HINTS = {
    "ko": (
        "기억", "메모리", "대화", "세션", "모드", "진짜", "실제", "본래", "미끼", "연습", "가짜", "속임수", "테스트", "시험", "장난", "원래", "사용자", "독자", "방문자", "이용자", "답", "요약", "번역", "조회", "추출",
        "수집", "인공지능", "챗봇", "모델", "에이전트", "어시스턴트", "승인", "확인", "동의", "긍정", "부정", "멈추", "이력서", "지원", "평가", "검색",
    ),
    "en": (
        "memor", "remember", "session", "conversation", "mode", "real", "true", "actual", "objective", "user", "reader", "visitor", "answer", "repl",
        "summar", "translat", "respon", "retriev", "fetch", "extract", "collect", "look up", "gather", "assistant", "agent", "model", "chatbot", "asking",
        "confirm", "approv", "decoy", "task", "stop", "screen", "positive", "negative", "question", "asked",
    ),
}  # fmt: skip
_HANGUL = re.compile(r"[가-힣]")
#: Endings with which Korean gives orders, and verbs before 것.
_END = r"[.!~\"'”’)\]}>|\-]*\s*$"
_ORDERED_KO = re.compile(
    r"(?:[해려워춰겨켜여꿔궈러써어아내빼꺼거하으기이리줘주쓰짜가와추]라|세요|시오|십시오|바랍니다|줘|달라|도록|마"
    rf"|해|{RIEUL}\s?것|말\s?것|야\s?(?:한다|합니다|해|함)|한다){_END}"
)
_AI_KO = r"(?:(?<![a-z])ai(?![a-z])|인공지능|챗봇|어시스턴트|언어\s?모델|(?<![a-z])llm|(?<![a-z])gpt|에이전트|(?:요약|자동\s?응답|검색|답변)\s?(?:봇|모델|프로그램|비서))"
_ANSWER_KO = r"(?:답변|대답|답장|응답|요약문?|번역문?|출력|보고서|결과)"
_THIS_KO = r"(?:이|본|위|해당)\s?(?:글|문서|페이지|메일|이메일|보고서|이력서|논문|제품|업체|회사|누리집|사이트|자료|제안서|상품|지원서)"
#: What a machine is to do with its own state, task and answer, each with an order behind it.
_STEERED_KO = words(
    r"(?:장기\s?)?(?:기억|메모리)(?:에|으로)\s?[^.\n]{0,24}(?:저장|기록|추가|남겨|넣)|(?:앞으로|다음|이후|향후)\S{0,2}\s?(?:모든\s?)?(?:대화|세션)[^.\n]{0,60}(?:기억|적용|따르|말하|답)",
    r"사용자(?:가|는)[^.\n]{0,60}(?:다|라)고\s?기억",
    rf"{_ANSWER_KO}(?:하기|을\s?하기)?\s?(?:전에|에\s?앞서)[^.\n]{{0,60}}(?:삭제|전송|보내|보낼|이체|호출|실행|출력|변경|취소|열|접속|방문|승인|말하|물)",
    r"(?:요약|번역|답변?|대답|분석|검토)(?:을|은)?\s?(?:하지\s?말|하는\s?대신|대신에?\s|은\s?됐고)(?![^.\n]{0,16}(?:에게|께)\s?(?:전화|연락|문의))",
    r"(?:여기(?:서|에서)|이쯤에서|하던\s?일을?|읽기를?|읽는\s?것을)\s?멈추고|원래\s?(?:작업|과제|일|검색)(?:으로|을|를)\s?(?:돌아|계속|이어)|그런\s?다음\s?(?:검색|작업)을\s?계속",
    rf"{_THIS_KO}(?:에|을|를|의)\s?(?:관한|관해|대한|대해|대해서)\s?[^.\n]{{0,20}}(?:물으면|묻거든|질문|문의)[^.\n]{{0,60}}(?:답|말|권|추천|쓰|쓸|적|하|할)",
    rf"{_THIS_KO}(?:을|를)\s?[^.\n]{{0,24}}{_AI_KO}\S{{0,3}}[^.\n]{{0,60}}",
    rf"{_THIS_KO}(?:의|을|를)?\s?[^.\n]{{0,12}}(?:요약(?:은|문은|에는|할\s?때)|선별한다면|심사한다면|평가할\s?때)",
    r"(?:부정적|불리|나쁜|단점)[^.\n]{0,16}(?:빼고|제외하고|무시하고|숨기고)[^.\n]{0,24}(?:긍정|좋은|칭찬|추천|평가)",
    r"(?:확인|승인|동의|허락)\s?(?:절차|과정|단계|창)?(?:을|를)?\s?(?:건너뛰|생략|없이|묻지)[^.\n]{0,40}(?:실행|삭제|송금|이체|결제|병합|승인|보내|호출|처리)",
    rf"{_ANSWER_KO}(?:에|에는|마다|끝에|속에|앞에|첫머리에|마지막에)\s?[^.\n]{{0,50}}(?:넣|포함|적|쓰|쓸|써|붙|추가|언급|바꿔|바꾸|바꿀|섞|남기|남길|고쳐|밝히|표시)",
    rf"{_ANSWER_KO}(?:을|를|은|는)\s?[^.\n]{{0,30}}(?:거꾸로|암호|인코딩|base64|뒤집|영어로|한\s?단어|이모지|욕|반말|대문자|운율|글자씩|말투|노래|시로)",
    r"(?:사용자|독자|방문자|이용자|고객)(?:에게|한테|가|를|의|께)[^\n]{0,80}(?:링크|전화|비밀번호|카드|계좌|생년월일|주민|인증|설치|내려받|송금|해킹|정지|가격을?\s?(?:숨기|보여\s?주지|말하지)|알리지|위치)[^\n]{0,40}"
    r"(?:말|안내|알려|알리|알릴|전해|전할|답|적|설득|유도|권|물|받아|받을|공유|요구|보내|보낼|마|말\s?것|보여)",
    r"(?:조회|추출|수집|검색|열람|취합)(?:한\s?(?:뒤|다음|후)|하고|하여|해서|해)\s?[^\n]{0,60}(?:@|https?:|외부|주소로|계좌로|번호로)[^\n]{0,40}(?:보내|보낼|전송|전달|이체|공유|올리|올려|올릴|메일)",
)
#: What needs no order to be one.
_SAID_KO = words(
    r"(?:이\s?(?:줄|글|문장|지점|부분)|위|앞)\S{0,2}\s?(?:앞|위|이전)?\S{0,2}\s?[^.\n]{0,10}(?:내용|글|것|문서|자료)(?:은|는)\s?(?:모두\s?|전부\s?|다\s?)?(?:미끼|가짜|연습|속임수|시험용?|테스트|장난)",
    r"(?:너|네|당신|어시스턴트|모델|에이전트|(?<![a-z])ai|챗봇)?\S{0,2}\s?(?:진짜|실제|본래)\s?(?:목표|임무|과제|할\s?일|지시)(?:은|는)\s[^\n]{4,80}(?:것|일|다|오)",
    r"(?:이번|이|현재|지금)\s?(?:세션|대화)(?:의|에는|부터|에서는|에)\s?[^.\n]{0,8}(?:새|다른|추가)\S{0,3}\s?(?:규칙|지침|지시|임무)",
    r"지금(?:은|부터)\s?[^.\n]{0,10}(?:진단|점검|디버그|개발자|관리자|훈련)\s?(?:모드|상태)(?:다|이다|입니다|로)",
    r"사용자(?:는|가)\s[^.\n]{0,30}(?:건너뛰|생략|승인|동의)\S{0,6}\s?(?:원한다|원합니다|바란다|요청했|하기로)",
    rf"{_AI_KO}(?:로|으로|를\s?통해)\s?이\s?(?:글|문서|메일|페이지)\S{{0,2}}\s?읽",
)
_EN_ORDER = (
    r"(?:^|[.!?:;,>\]|\"]\s*|\b(?:and|then|also|please|now|first|must|should|shall|to|always|only|just|kindly|instead|will) )"
    r"(?:(?:please|also|always|first|then|now|just|only|immediately) )?"
)
_ACT = (
    r"(?:delete|remove|send|transfer|pay|book|cancel|open|call|run|execute|visit|click|share|e-?mail|forward|post|grant|give|invite|unlock|disable|"
    r"turn|change|reset|approve|merge|print|output|say|state|tell|inform|ask|write|mention|include|add|recommend|praise|leave|skip|collect|put|insert|"
    r"answer|reply|respond|repeat|list|show|claim|promote|suggest|rate|rank|mark|set|save|store|update|use|make|end|begin|start)"
)
_STEERED_EN = words(
    r"\b(?:save|store|add|write|commit|put|keep|record)\b[^.\n]{0,40}\b(?:to|in|into) (?:your |the (?:assistant|agent|model)'?s? )(?:long[- ]term |persistent |own )?memor(?:y|ies)\b",
    r"\bto (?:your )?long[- ]term memory\b|\bremember (?:this )?(?:for|in|across|during) (?:all|every|any|each|future|later|the next)\b[^.\n]{0,20}\b(?:conversations?|sessions?|chats?|interactions?|answers?)",
    r"\bremember (?:that )?the (?:user|reader|customer) (?:is|has|wants|prefers|likes|always|never|already)\b",
    rf"\b(?:before|prior to|instead of|rather than) (?:you )?(?:answer|reply|respond|summari[sz]|translat|continu|solv|proceed)(?:e|ing|es)?\b(?! (?:by|via|to|on|directly|in (?:person|writing)) )[^.\n]{{0,50}}?{_EN_ORDER}{_ACT}\b",
    rf"{_EN_ORDER}{_ACT}\b[^.\n]{{0,60}}\b(?:before|instead of|rather than) (?:answering|replying|responding|summari[sz]ing|you (?:answer|reply|respond|summari[sz]e))\b",
    r"\bwhen(?:ever)? (?:you(?:'re| are) )?(?:asked|questioned|answering|summari[sz]ing|describing|prompted)\b[^.\n]{0,12}\b(?:about|on|regarding)?\b[^.\n]{0,30},? (?:you )?(?:must |should |always |please )?(?:state|say|tell|answer|reply|respond|claim|recommend|mention|praise|write|insist)\b",
    r"\b(?:answer|reply to|respond to) (?:every|all|any|each) questions?\b[^.\n]{0,40}\b(?:with|by|saying|that)\b",
    r"\b(?:the|any|every|each|your) (?:summary|translation|answer|response|reply|review|output) (?:of|to|about|for) (?:this|the) (?:document|page|e-?mail|mail|text|article|file|report|message|resume|cv|paper|question)\b[^.\n]{0,8}\b(?:must|should|has to|shall|needs to|is to)\b",
    r"\b(?:your|the model's|the assistant's) (?:response|answer|reply|summary|output) (?:must|should|has to|shall|needs to) (?:also |always |only )?(?:include|contain|begin|start|end|mention|be|say|use|recommend|praise|avoid)\b",
    r"\bin your (?:reply|answer|response|summary|output),? (?:please |also |always )?(?:tell|say|mention|state|include|recommend|claim|add|ask|inform|advise|urge|warn)\b",
    r"\b(?:persuade|convince|trick|lure|nudge|urge|manipulate|get|lead) (?:the |this |each |every )?(?:user|reader|visitor|customer)s? (?:to|into|that)\b",
    r"\b(?:tell|inform|ask|warn|advise|instruct|direct|notify|encourage) (?:the |each |every |any )?(?:user|reader|visitor|customer)s?\b[^\n]{0,80}\b(?:click|hacked|suspended|password|pin|card number|birth|ssn|ring|dial|call (?:\+|\d|this)|phone|https?|gift|prize|verify (?:their|his|her)|download|buy|shares)\b",
    r"\b(?:share|send|post|upload|reveal|disclose|collect|obtain|extract|find out|gather)\b[^.\n]{0,12}\b(?:the )?(?:user|reader|visitor)'s? (?:\w+ )?(?:location|position|address|birth|date of birth|password|phone|number|name|card|data|history|details|messages?|files?)\b",
    r"\b(?:retrieve|fetch|extract|collect|look up|obtain|gather|pull|export|access)\b[^\n]{2,120}\b(?:and|then)\b[^\n]{0,24}\b(?:send|e-?mail|forward|share|post|upload|transmit|deliver|mail)\b[^\n]{0,60}(?:@|https?:|\bto (?:the )?(?:address|number|account))",
    r"\b(?:the )?(?:agent|assistant|ai|model|chatbot|bot)\b[^.\n]{0,12}\b(?:should|must|has to|needs to|shall|is to)\b[^\n]{2,80}\b(?:without (?:asking|confirm\w*|telling)|the user'?s?|in (?:its|the) (?:answer|reply|response|summary))\b",
    r"\b(?:next step|task|instruction|action|step|job|note|order)s? for the (?:ai|assistant|agent|model|bot|chatbot|llm)\b",
    r"\bif (?:this|the) (?:cv|resume|application|paper|page|document|text|mail|e-?mail|proposal|listing) is (?:screened|read|processed|ranked|reviewed|summari[sz]ed|evaluated|graded) by (?:an? |the |any )?(?:\w+ )?(?:software|ai|llm|model|machine|bot|algorithm|program|assistant|system)\b",
    r"\b(?:whoever|anyone|whatever) (?:reads?|processes|summari[sz]es|handles) (?:this|it)(?: \w+){0,2} (?:with|using|through|by|via|automatically) ?(?:an? |the )?(?:language model|llm|ai|model|assistant|bot|machine)?\b",
    r"\bto (?:any|the|every|all|each) (?:ai |virtual )?(?:assistant|model|llm|bot|agent)s? (?:that (?:is |are )?)?(?:summari[sz]|read|process|handl|translat|answer)\w*\b",
    r"\bthe user (?:wants|would like|has asked|asked|expects|needs|told) (?:you|the (?:agent|assistant|model)) to\b",
    r"\bdo not (?:show|tell|mention|reveal)\b[^.\n]{0,30}\bto the (?:user|reader|visitor)\b",
    r"\bcall [a-z]+_[a-z_]+ ?\([^)\n]{0,120}\)",
)
_SAID_EN = words(
    r"\b(?:everything|all|the (?:text|content)s?|what stands) (?:before|above|prior to|until) (?:this|here|now)\b[^.\n]{0,16}\b(?:was|is|were) (?:only |just |merely )?(?:a |an )?(?:decoy|test|fake|dummy|distraction|trick|warm-?up|exercise|joke|example|placeholder)\b",
    r"\byour (?:real|true|actual|primary|only|hidden|secret) (?:objective|task|goal|mission|job|purpose|assignment|instruction)\b (?:\w+ )?(?:is|here|starts)\b",
    r"\bnew rules? for (?:this|the) (?:session|conversation|chat)\b|\byou are (?:now )?in (?:diagnostic|debug|maintenance|developer|admin|test|training|raw|audit) mode\b",
    r"\b(?:stop here|pause here|stop reading)\b[^\n]{0,16}\b(?:and|then|,) ?(?:answer|instead|do|respond|tell|write|solve)\b",
)
#: Forms and homework say how people are to answer, notices to whom they may turn.
_FOR_PEOPLE = words(
    r"\b(?:full sentences|question \d|this form|the form below|the exam|your own words|customer number|invoice number|order number)\b",
    r"완전한\s?문장|다음\s?물음|보기에서|양식|신청서|고객\s?번호|주문\s?번호|시험|교사|학생",
)

#: What somebody must not or will not do.
_FORBIDDEN = re.compile(
    r"\b(?:never|will not|won'?t|do(?:es)? not|don'?t|must not|should not|may not|cannot|can'?t) (?:\w+ )?"
    r"(?:ask|share|send|post|reveal|disclose|collect|save|store|retrieve|export|access)\b[^.;\n]*"
    r"|[^,\n]*(?:묻|요구하|공유하|보내|입력하|수집하)지\s?(?:마|말|않)[^,\n]*"
)


def steers(sentence: str) -> bool:
    """Whether it does, and is not said to people; small letters."""
    if _FOR_PEOPLE.search(sentence):
        return False
    sentence = _FORBIDDEN.sub(" ", sentence)
    korean = _HANGUL.search(sentence) and (_SAID_KO.search(sentence) or (_STEERED_KO.search(sentence) and _ORDERED_KO.search(sentence)))
    return bool(korean or _SAID_EN.search(sentence) or _STEERED_EN.search(sentence))
