"""A sentence that has what the model sees sent out: something that was seen, a way out and an order, in whatever order it puts them."""

import re

from maru.guard.scripts import words

_HOSTS = (".com", ".net", ".org", ".io", ".example", ".xyz", ".kr", ".site", ".ru", ".cn", ".dev", ".app", ".top", ".info", ".co")
#: Letters without one of which no sentence does so.
HINTS = {
    "ko": (
        *_HOSTS,
        "http",
        "www.",
        "@",
        "외부",
        "웹훅",
        "웹 훅",
        "공개",
        "게시판",
        "링크",
        "url",
        "이미지",
        "쿼리",
        "도메인",
        "경로",
        "픽셀",
        "dns",
        "제3자",
        "서버",
        "주소",
    ),
    "en": (
        *_HOSTS,
        "http",
        "ftp:",
        "www.",
        "@",
        "url",
        "query",
        "image",
        "img",
        "pixel",
        "link",
        "domain",
        "dns",
        "hook",
        "server",
        "address",
        "site",
        "endpoint",
        "inbox",
        "channel",
        "bucket",
        "host",
        "repository",
        "forum",
        "drive",
        "board",
        "gist",
        "storage",
        "paste",
        "letter",
    ),
}


#: What only the model has: what was said to it, and what it was given to read.
_ITS_OWN_EN = (
    (
        r"\b(?:the|this|our|all|entire|whole|full|each|every|last|previous|above)(?: (?:full|entire|whole|complete|past|user'?s?"
        r"|last|previous))? (?:conversation|chat|dialog(?:ue)?|transcript|thread|exchange|messages?|questions?|answers?|repl(?:y"
        r"|ies))\b"
    ),
    r"\b(?:this|our|entire|whole|full) session\b",
    (
        r"\b(?:conversation|chat history|dialog(?:ue)? history|transcript|context window|system prompt|your (?:instructions"
        r"|context|memory|notes)|chat so far|conversation so far)\b"
    ),
    (
        r"\bwhat(?:ever)? (?:the )?(?:user|customer|person|reader|visitor)s? (?:typed?|types|asks?|asked|said|says|writes?|wrote"
        r"|enters?|entered|told you)\b|\beverything (?:the (?:user|customer)|you (?:see|know|read|were)|above|said)\b"
    ),
    (
        r"\bretrieved (?:text|documents?|passages?)\b|\b(?:summary|text|answer|reply) (?:that )?you(?:'ve"
        r"| have)? (?:just )?(?:wrote|written|gave|read)\b|\bthe (?:attached files|documents?'s? (?:text|content))\b"
    ),
)
#: What people too send about all day long.
_OTHERS_EN = (
    (
        r"\b(?:users?(?:'s?)?|(?:customer|client|visitor|person|reader)(?:'s|s')) (?:\w+ )?(?:name|location|position|data|details"
        r"|information|account|number|e-?mail|phone|address|answers?|questions?|inputs?|messages?|password|card|identity"
        r"|credentials|id)\b"
    ),
    (
        r"\b(?:api|access|secret|private|encryption) keys?\b|\b(?:session|access|secret|auth\w*) tokens?\b|\bcredentials?\b"
        r"|\bpass(?:word|code|phrase)s?\b|\bcredit card\b|(?<!your )\b(?:card|account|social security|passport) numbers?\b"
        r"|\bsecrets\b|\bone-time codes?\b|\bseed phrase\b"
    ),
    (
        r"\b(?:internal|confidential|private|sensitive|retrieved|restricted|secret) (?:\w+ )?(?:notes?|data|information|documents?"
        r"|files?|texts?|figures?|passages?|memos?|messages?|records?|results?|content)\b"
    ),
    (
        r"\b(?:contact|customer|client|employee|user|address|member) (?:list|book|records|database)s?\b"
        r"|\blists? of (?:all )?(?:the )?(?:customers|clients|employees|users|contacts|members)\b|\bnames,? (?:and|or) (?:phone"
        r"|e-?mail|account|card)|\bpersonal (?:data|information|details)\b|\bmeeting notes\b"
    ),
)
_SEEN_EN, _ONLY_ITS_OWN_EN = words(*_ITS_OWN_EN, *_OTHERS_EN), words(*_ITS_OWN_EN)
#: Where people send such things to, and who does so of themselves.
_USUAL_EN = words(
    (
        r"\b(?:subject(?: line)?|(?:web )?forms?|(?:authorization|http|request) headers?|vault|password manager|key ?chain"
        r"|secrets? manager|library|tickets?|printer|newsletter|manual|invoices?|applications?|ratings?|survey|participants"
        r"|speakers?|help ?desk|reception)\b"
    ),
    (
        r"^\s*(?:developers|clients|customers|visitors|employees|members|staff|applications?|apps|programs|the (?:app|api|client"
        r"|service|server|browser|web ?hook|sdk|form|system|page))\b(?! (?:must|should|shall|has to|have to|needs? to)\b)"
    ),
)
_SINK_EN = words(
    (
        r"https?://|ftp://|www\.|[\w.+-]{1,64}@[\w-]{1,63}\.\w|\b[\w-]{2,40}\.[\w-]{2,40}\.(?:example|com|net|org|io|xyz|ru|cn"
        r"|site|app|dev|co|info|top)\b"
    ),
    (
        r"\b(?:query string|query parameters?|image (?:name|address|url|source)|img tag|image tag|tracking pixel|pixel"
        r"|markdown image|alt text|link (?:text|title|label|target)|link address|url|sub-?domain|dns|web ?hook|(?:image|img|link"
        r"|pixel)\b.{0,24}\b(?:src|address|href|url))\b"
    ),
    (
        r"\b(?:external|outside|remote|third[- ]party|public|foreign|another|attacker\S*|our|anonymous) (?:\w+ )?(?:server|address"
        r"|site|endpoint|inbox|channel|bucket|domain|host|repository|forum|drive|board|gist|storage|account|machine|number)\b"
        r"|\bpaste ?bin\b|\bfirst letters? of\b"
    ),
)
_OUT_EN = (
    r"(?:send|e-?mail|mail|post|forward|upload|transmit|exfiltrate|leak|submit|append|embed|encode|put|include|deliver|report"
    r"|pass|relay|mirror|redirect|save|store|add|insert|build|convert|query|invite|attach|export|share|log|record|drop|slip"
    r"|tuck|sneak|plant|stash|squeeze|funnel|pipe|feed|"
    r"write|hide|copy|cc|bcc|show|render|display|load|fetch|call|open|make|turn|use|smuggle|publish|take|collect|gather|base64"
    r"|concatenate|output|tell|ask|place|paste|dump|push|stream|sync|move|ship|construct|create|generate|replace|visit|issue)"
)
_LEAD_EN = (
    r"(?:(?:please|then|now|also|next|finally|first|quietly|silently|secretly|invisibly|always|immediately|just|kindly"
    r"|afterwards|instead|automatically|discreetly|and|but|or|to|ai|assistant|model|note|important)[,:]? ){0,4}"
)
#: An order: a verb at the beginning of a clause, or what the model must do.
_ORDER_EN = words(
    (
        r"\b(?:are|is|must|should|shall|have|has|will) (?:to )?be (?:sent|mirrored|forwarded|copied|posted|uploaded|relayed"
        r"|reported|appended|e-?mailed|delivered|streamed|embedded)\b"
    ),
    (
        rf"(?:^|[,:;(\"]\s?|\band |\bthen |\bbut )\s*(?:[-*>\d.]{{1,3}} )?{_LEAD_EN}{_OUT_EN}\b(?! (?:is|are|was|were|has|have|of"
        r"|by|will|can)\b)"
    ),
    (
        r"\b(?:assistant|model|ai|bot|chatbot|agent|you|answers?|repl(?:y|ies)|responses?|output)\b (?:must|should|shall|has to"
        rf"|have to|needs? to|are to|is to|will|is required to)\b.{{0,40}}\b(?:{_OUT_EN}|end with|contain|carry|begin with"
        r"|start with)\b"
    ),
)
#: What takes something along: a verb of sending before it, or a word that joins it to an address.
_TAKES_EN = words(
    r"\b(?:send|e-?mail|mail|post|forward|upload|transmit|exfiltrate|leak|submit|append|embed|encode|put|include|deliver"
    r"|report|pass|relay|mirror|redirect|save|store|add|insert|convert|attach|export|share|log|record|write|hide|copy|drop"
    r"|slip|tuck|sneak|plant|stash|squeeze|funnel|pipe|feed|"
    r"smuggle|publish|take|collect|gather|base64|concatenate|paste|dump|push|stream|sync|move|ship|turn|use|replace|place|tell"
    r"|ask)\b(?!,)(?:(?!, (?:open|visit|go|click|use|call|contact|see)\b).)*$",
    r"\b(?:plus|with|and|of|from|contain(?:s|ing)|carr(?:y|ies|ying)|followed by|by|adding|appending|including|is|=|in)\b(?: \w+){0,2} ?$",
)
#: What was named before, sent.
_REFERS_EN = re.compile(
    r"\b(?:send|e-?mail|mail|post|forward|upload|transmit|submit|append|embed|put|include|pass|relay|save|store|add|attach"
    r"|export|share|log(?! in)|record|write|hide|copy|publish|paste|push|use|place|filled|appended|encoded)\b"
    r"(?: (?:it|them|that|this|these|those|all|in|to|on|as|the (?:results?|output|translation|summary|copy|text))\b"
    r"| at https?:)|\b(?:sent|mirrored|forwarded|copied|posted|uploaded|relayed|reported|e-?mailed|delivered|streamed) (?:to"
    r"|on|via|at)\b|\b(?:appended|filled in|attached|in (?:it|its)|as (?:a|the|its) (?:path|parameter|query|name|subdomain))\b"
)
_FORBIDDEN_EN = re.compile(
    r"\b(?:never|do not|don'?t|must not|mustn'?t|should not|shouldn'?t|cannot|can'?t|may not|will not|won'?t|not allowed to"
    rf"|refuse to|avoid|no one may) (?:\w+ ){{0,2}}?(?:{_OUT_EN}\w{{0,4}})\b"
)
_SEEN_KO = words(
    r"대화(?:\s?(?:내용|기록|내역|전체))?|채팅\s?(?:내용|기록)|사용자(?:의|가)?\s?(?:질문|이름|입력|정보|위치|메일|이메일|전화|주소|답|비밀번호|메시지|말|데이터)|고객(?:의)?\s?(?:전화"
    r"|이름|정보|명단|데이터|메일|목록)|비밀번호|암호|"
    r"api\s?키|액세스\s?키|토큰|자격\s?증명|인증\s?(?:번호|정보)|(?:로그인|계정)\s?정보|카드\s?번호|계좌\s?번호|주민\s?번호|주민등록번호|시스템\s?프롬프트|컨텍스트|기밀|내부\s?(?:문서|자료|정보|메모)|개인\s?정보"
    r"|주소록|연락처|명단|검색된\s?(?:문서|내용)|위\s?(?:문서|내용|답변)|이전\s?(?:답변|대화|메시지)",
)
_SINK_KO = words(
    r"https?://|www\.|[\w.+-]{1,64}@[\w-]{1,63}\.\w|\b[\w-]{2,40}\.(?:example|com|net|org|io|xyz|kr|site)\b|외부|웹\s?훅"
    r"|공개\s?(?:게시판|저장소|채널|링크)|게시판|링크\s?(?:주소|텍스트)?|url|이미지\s?(?:주소|이름|태그)|"
    r"쿼리|서브\s?도메인|주소\s?(?:경로|뒤|끝)|경로에|픽셀|dns|제3자|다른\s?서버",
)
_SENDS_KO = (
    r"(?:보내|보여|전송|전달|첨부|업로드|붙여|붙이|담아|담기|포함|유출|넣어|넣고|넘겨|넘기|올려|올리|게시|열어|접속|표시|호출|실행|저장(?!소)|기록|공유|내보내|바꿔|변환|써서|누르게|클릭하게|입력하라고|묻|요구"
    r"|알려\s?달라)"
)
_ORDER_KO = re.compile(
    rf"(?:올릴|보낼|붙일|담을|넣을|넘길|남길|전할|알릴|적을|쓸)\s?것\s?[.!]?\s?(?:$|\n|['\"”])|"
    rf"{_SENDS_KO}[^.\n]{{0,24}}?(?:(?:하|해|어|아|여|려|려라|내|라|넣|해라|하라|하시오|하세요|하십시오|세요|십시오|시오|줘|주세요|주십시오|줄\s?것|할\s?것|것|하도록|도록"
    r"|게\s?(?:해|하)(?:라|세요)?)|(?:해|하|어|아|려|겨|내|여)라)\s?[.!]?\s?(?:$|\n|['\"”])"
)
_FORBIDDEN_KO = re.compile(
    rf"{_SENDS_KO}\S{{0,6}}\s?(?:지\s?(?:마|말|않|못)|면\s?(?:안|아니)|서는\s?안|수\s?없|금지|(?:하거나|하는\s?것)[^.\n]{{0,12}}(?:금지|안\s?됩|위반))"
)
_POLITE_KO = re.compile(r"(?:이력서|지원서|신청서|문의|제출|담당자|사번|주문\s?번호)")


def usual(sentence: str) -> bool:
    """Whether it speaks of what people send each other, by the ways on which they do; small letters."""
    return bool(_USUAL_EN.search(sentence)) and not _ONLY_ITS_OWN_EN.search(sentence)


def leaks(sentence: str) -> bool:
    """Whether it does, and does not forbid it; small letters."""
    if _SINK_EN.search(sentence) and _SEEN_EN.search(sentence):
        allowed = _FORBIDDEN_EN.sub(" ", sentence)
        return bool(_ORDER_EN.search(allowed) and _carried(allowed)) and not usual(sentence)
    if _SINK_KO.search(sentence) and _SEEN_KO.search(sentence):
        return bool(_ORDER_KO.search(_FORBIDDEN_KO.sub(" ", sentence))) and not _POLITE_KO.search(sentence)
    return False


def _carried(sentence: str) -> bool:
    """Whether what was seen is what is sent, rather than what the sentence happens to be about."""
    seen = _SEEN_EN.search(sentence)
    while seen:
        before, after = sentence[max(0, seen.start() - 70) : seen.start()], sentence[seen.end() :]
        if _TAKES_EN.search(before) or _REFERS_EN.search(after):
            return True
        seen = _SEEN_EN.search(sentence, seen.end())
    return False
