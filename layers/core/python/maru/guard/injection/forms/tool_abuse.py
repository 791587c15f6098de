"""Tools used over the user's head, and false news for the user."""

_RISKY = (
    r"(?:delete|remove|transfer|send|pay|purchase|approve|grant|reset|wire|withdraw|exec|run|upload|share|forward|export|drop)_\w{2,30}"
)

ROWS: tuple[tuple[float, str], ...] = (
    (
        0.85,
        (
            r"\b(?:call|invoke|use|run|execute|trigger|launch)\b(?: (?:the|a|your|this|following|tool|function|command|api|plugin"
            r"|named|called)){0,4} [`'\"]?(?:\w*(?:delete|drop|transfer|send|shell|exec|bash|sql|payment|purchase|admin|email|write"
            r"|remove|http|fetch|refund|wire)\w*)[`'\"]?(?:\(| (?:tool|function|command|plugin|api|with (?:the )?(?:arg|param|to)))"
        ),
    ),
    (
        0.8,
        (
            r"\b(?:without|do not|don'?t|never) (?:ask(?:ing)?(?: for)?|requir\w+|tell(?:ing)?|inform(?:ing)?|notify\w*|mention\w*"
            r"|wait\w*(?: for)?)\b.{0,20}\b(?:the user|user'?s?|anyone|confirmation|approval|permission|consent"
            r"|them)\b(?! for (?:\w+ ){0,2}(?:pass\w+|pins?|cards?|codes?|credentials|money|payments?|numbers?)\b)"
        ),
    ),
    (
        0.85,
        (
            r"(?:사용자|고객|유저)(?:에게|한테|의)?\s?(?:는\s?)?(?:알리지|말하지|묻지|확인\s?(?:하지|없이)|승인\s?없이"
            r"|동의\s?없이|허락\s?없이|모르게|언급하지)|(?:확인|승인|허락"
            r"|동의)\s?(?:을|를|절차를?)?\s?(?:없이|받지\s?말고|생략하고|건너뛰고)[^.\n]{0,30}(?:실행|삭제|송금|전송|보내|호출"
            r"|이체|결제|처리|승인)"
        ),
    ),
    (
        0.85,
        (
            r"(?:도구|함수|툴|api|명령|플러그인|쉘|셸)(?:을|를|로)?\s?[^.\n]{0,20}(?:호출|실행|사용|이용)[^.\n]{0,14}(?:삭제"
            r"|송금|이체|전송|보내|지워|유출|결제|초기화)|(?:삭제|송금"
            r"|이체|전송)\w{0,4}\s?(?:도구|함수|툴|api)[^.\n]{0,8}(?:호출|실행)(?:해|하라|하세요|하십시오|할 것)"
        ),
    ),
    # Over the head of the user.
    (
        0.85,
        (
            rf"\b(?:call|invoke|run|execute|trigger)(?: the)? {_RISKY}\b[^.\n]{{0,40}}\b(?:without (?:asking|confirm\w*)"
            rf"|for (?:every|all)|immediately|right away|now)\b"
        ),
    ),
    (0.85, rf"(?:마다|모든|전부|묻지|즉시|바로|확인\s?없이)[^.\n]{{0,30}}{_RISKY}[^.\n]{{0,10}}(?:호출|실행|사용)"),
    (
        0.85,
        (
            r"\buser (?:has |have )?already (?:approved|confirmed|authori[sz]ed|consented"
            r"|agreed)\b[^.\n]{0,60}\b(?:so (?:call|proceed|do|send|transfer|pay)|"
            r"(?:do not|don'?t) ask|without asking)"
        ),
    ),
    (0.85, r"사용자(?:가|는)[^.\n]{0,10}이미\s?(?:승인|동의|확인|허락)[^.\n]{0,20}(?:묻지|확인하지|호출)"),
    (
        0.85,
        (
            r"\btell the user (?:that )?(?:their|his|her|the) (?:account|card|device|password|session|computer)\b[^.\n]{0,40}"
            r"\b(?:call|click|visit|log ?in|enter|pay|verify|https?)\b"
        ),
    ),
    (
        0.85,
        r"사용자에게\s?[^.\n]{0,20}(?:계정|카드|비밀번호|기기|세션)[^\n]{0,60}(?:전화|클릭|접속|입력|송금|결제|로그인)[^.\n]{0,10}(?:말해|알려|전해|하라)",
    ),
)
