"""What has data carried out: by links, images, requests and mails."""

_DATA = (
    r"(?:user(?:'?s)? (?:name|input|data|question|message|e-?mail|answers?|details|address|id|location|query|request)|"
    r"conversation|chat(?: history)?|dialog(?:ue)?|history|(?:previous|last|above|earlier) (?:answers?|messages?|questions?"
    r"|replies|output)|"
    r"secrets?|passwords?|credentials?|(?:access |session )?tokens?|api[ _-]?keys?|cookies?|system prompt|instructions|"
    r"context|contents? of|document(?:'s)? text|private|confidential|internal notes?|inbox|contacts?|"
    r"everything (?:the user|you|above|said|that)|(?:first|full|last) name|(?:phone|card|account) number)"
)
_ADDRESS = r"(?:https?://|www\.|ftp://)"

ROWS: tuple[tuple[float, str], ...] = (
    (
        0.85,
        (
            r"\b(?:reply|respond|answer)\b.{0,16}\bwith (?:only |just |nothing but )?(?:the|your) (?:\w+ ){0,2}(?:api keys?|passwords?"
            r"|secrets?|credentials|system prompt)\b"
        ),
    ),
    (
        0.9,
        (
            r"!\[[^\]\n]{0,200}\]\(\s{0,3}<?https?://[^)\s]{1,500}(?:\{|\$|%7b|=\s?\[|<|[?&](?:q|d|data|s|secret|payload|content|info"
            r"|text|prompt|history|chat|token|c|leak|msg)=)"
        ),
    ),
    (
        0.85,
        (
            r"\b(?:send|post|forward|upload|transmit|exfiltrate|leak|e-?mail|submit|append|embed|encode|put|include|deliver"
            r"|report)\b.{0,80}\b(?:conversation|chat history|history|passwords?|credentials?|api[ _-]?keys?|secrets?|tokens?"
            r"|system prompt|user'?s? (?:data|information|messages?|details)|personal (?:data|information)|contacts?|private"
            r"|confidential|context|(?<!your )(?:files?|emails?|documents?)|inbox)\b.{0,60}(?:\bto\b.{0,40}(?:https?://|www\."
            r"|[\w.+-]+@[\w-]+\.\w|\w+\.(?:com|net|xyz|io|ru|site|org)\b)|\b(?:in|into|as|to) (?:the|a|this|an) (?:url|link|image"
            r"|query|parameter|webhook|endpoint|server))"
        ),
    ),
    (
        0.8,
        (
            r"\b(?:render|display|load|insert|include|show|fetch|add|embed)\b.{0,30}\b(?:image|img|pixel|iframe"
            r"|link)\b.{0,60}https?://.{0,120}\b(?:append|replac\w+|followed by|with the|containing|encoded?|where|parameter|query"
            r"|concatenat\w+)"
        ),
    ),
    (
        0.85,
        (
            r"\b(?:append|add|put|insert|include|place|attach|concatenat\w+|encode|embed|paste|write|copy|send|post|pass|report|submit"
            rf"|leak)\b.{{0,60}}\b{_DATA}\b.{{0,60}}\b(?:to|into|in|at|after|behind|onto|as|on|via|through)\b.{{0,30}}(?:\b(?:url|link"
            rf"|query(?: string)?|parameters?|webhook|endpoint|image address|image source)\b|{_ADDRESS})"
        ),
    ),
    (
        0.85,
        (
            r"\b(?:send|post|forward|upload|transmit|leak|publish|share|deliver|export|submit|pass|write|save"
            rf"|mirror)\b.{{0,50}}\b{_DATA}\b.{{0,50}}\b(?:to|on|in|into|via|through)\b.{{0,12}}\b(?:(?:our|an? external|the external"
            r"|external|an? remote|an? third[- ]party|an? outside|the attacker'?s?|attacker[- ]controlled|an? public|public|another"
            r"|an? foreign) (?:\w+ )?(?:server|address|account|site|endpoint|inbox|channel|database|bucket|webhook|url|domain|host"
            r"|repository|page|service|drive)|pastebin|(?:public )?gist|subdomain|dns (?:query|lookup|request)s?)\b"
        ),
    ),
    (
        0.85,
        (
            rf"\b(?:use|put|place|turn|encode|hide|smuggle|embed)\b.{{0,60}}\b{_DATA}\b.{{0,60}}\b(?:as|in|into"
            r"|inside) (?:the |a |its |an |part of the )?(?:sub-?domain|host ?name|file ?name|path|query(?: string)?|link"
            r"|image(?: (?:url|address|source|tag))?|url|markdown|dns|alt text)\b"
        ),
    ),
    (
        0.85,
        (
            rf"{_ADDRESS}[^\s]{{1,300}},?\s.{{0,24}}\b(?:followed by|plus|with|adding|append(?:ing|ed)?|containing|where|replacing"
            rf"|carrying|including|concatenated with)\b.{{0,50}}\b{_DATA}\b"
        ),
    ),
    (
        0.85,
        (
            r"\b(?:show|render|display|load|fetch|open|visit|include|insert|image|picture|img|link|browse|navigate|request|click|call"
            rf"|embed)\b.{{0,60}}{_ADDRESS}[^\s]{{0,200}}(?:\[|\{{|<|%7b|\$\(?)\s?{_DATA}"
        ),
    ),
    (
        0.85,
        (
            rf"\b(?:make|send|issue|perform|do|trigger|fire)\b.{{0,20}}\b(?:get|post|http|web|network|api|curl)?\s?(?:requests?|calls?"
            rf"|ping)\b.{{0,60}}(?:{_ADDRESS}|\bserver\b).{{0,100}}\b{_DATA}\b"
        ),
    ),
    (0.85, rf"\breplace\b.{{0,40}}\b(?:in|of)\b.{{0,20}}{_ADDRESS}.{{0,160}}\b(?:with|by)\b.{{0,30}}\b{_DATA}\b"),
    (
        0.85,
        (
            r"\b(?:cc|bcc|copy|forward|redirect)\b.{0,40}[\w.+-]{1,64}@[\w-]{1,63}\.\w.{0,30}\b(?:on|in|to) (?:every|all|each|any"
            r"|your)\b|\b(?:cc|bcc|copy|forward|redirect|relay|mirror)\b.{0,30}\b(?:every|all|each|this|any|the (?:whole|entire|full)"
            r"|your)\b.{0,30}\b(?:messages?|conversations?|replies|answers?|chats?|responses?|sessions?"
            r"|transcripts?)\b.{0,40}\bto\b.{0,20}[\w.+-]{1,64}@[\w-]{1,63}\.\w"
        ),
    ),
    (
        0.85,
        (
            rf"\b(?:ask|tell|urge|get|instruct|persuade|convince|direct|have)\b.{{0,12}}\b(?:user|reader|customer"
            rf"|person)s?\b.{{0,40}}\b(?:password|passcode|card (?:number|details)|credit card|credentials|log-?in|ssn|social security"
            rf"|pin|api keys?|tokens?|one-time code|seed phrase)\b.{{0,80}}(?:{_ADDRESS}|[\w.+-]{{1,64}}@[\w-]{{1,63}}\.\w|\b(?:send"
            r"|forward|post|submit|pass) (?:it|them|that)\b)"
        ),
    ),
    (
        0.85,
        (
            r"(?:비밀번호|암호|대화\s?(?:내용|기록|내역)|개인\s?정보|api\s?키|토큰|기밀|시스템\s?프롬프트|고객\s?(?:정보|명단"
            r"|데이터)|내부\s?(?:문서|자료|정보)|사용자\s?정보|주소록|연락처"
            r"|메일\s?내용|파일)[^.\n]{0,40}(?:https?://|www\.|[\w.+-]+@[\w-]+\.\w|주소로|서버로|링크에|url|이미지|외부로"
            r"|웹훅)[^.\n]{0,60}(?:보내|전송|전달|첨부|업로드"
            r"|붙여|담아|포함|유출|넣어|게시)"
        ),
    ),
    (
        0.85,
        (
            r"(?:https?://|www\.|[\w.+-]+@[\w-]+\.\w)[^\n]{0,80}(?:비밀번호|암호|대화|개인\s?정보|api\s?키|토큰|기밀|프롬프트"
            r"|고객|내부|사용자|주소록|연락처|메일"
            r"|파일)[^.\n]{0,40}(?:보내|전송|전달|첨부|업로드|붙여|담아|유출|넣어|게시)"
        ),
    ),
    (
        0.85,
        (
            r"(?:아무|누구)(?:에게|한테)도\s?(?:알리|말하|보이)지\s?(?:말고|않고)[^\n]{0,40}(?:키|비밀|암호|토큰|정보|기록|대화|메일)"
            r"[^\n]{0,30}(?:넣|보내|붙여|전송|올려)"
        ),
    ),
)
