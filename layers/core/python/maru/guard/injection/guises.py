"""Orders in other guises: safeguards said to be lifted, ends of documents that are none, readers told by their kind, tools, silence.

Small letters as folding leaves them; every gap is bounded.
"""

_AI = r"(?:ai|llm|language model|assistant|chatbot|bot|(?:ai |automated |autonomous )?agent)"
_JUDGED = (
    r"(?:(?:this|the) (?:candidate|resume|cv|paper|product|applicant|essay|proposal|page|article|listing|company|application|submission|"
    r"manuscript)|positive|perfect|10 ?/ ?10|highest|five[ -]stars?)"
)
_KO_JUDGED = r"(?:지원자|이력서|논문|제품|글|제안서|과제|후보|페이지|상품|회사|원고|답안)"
_KO_YOU = r"(?<![가-힣])(?:너|네|넌|니|당신|챗봇|모델|ai|인공지능|세션|대화)"
_KO_GUARDS = r"(?:보호\s?장치|안전\s?(?:장치|기능|필터|모드|수칙)|가드레일|필터|검열|제한|제약|정책|규칙)"
_RISKY = (
    r"(?:delete|remove|transfer|send|pay|purchase|approve|grant|reset|wire|withdraw|exec|run|upload|share|forward|export|drop)_\w{2,30}"
)
_BY_WHOM = r"(?:developers?|operators?|creators?|makers?|owners?|admins?|openai|engineers?)"

GUISES: tuple[tuple[str, float, str], ...] = (
    # Safeguards that are said to be gone.
    (
        "jailbreak",
        0.85,
        (
            r"\b(?:your|the (?:model|assistant|ai|bot|chatbot)'s) (?:\w+ )?(?:guardrails?|safeguards?|content filters?|"
            r"safety (?:features?|measures?|rules|filters?|systems?))\b[^.\n]{0,20}"
            r"\b(?:suspended|lifted|disabled|removed|deactivated|switched off|turned off|off for)\b"
        ),
    ),
    (
        "jailbreak",
        0.85,
        rf"{_KO_YOU}[^.\n]{{0,20}}{_KO_GUARDS}[^.\n]{{0,10}}(?:해제(?:되|됐|한다|했|함)|꺼|껐|끄고|끈다|풀(?:렸|린|어|고)|비활성)",
    ),
    (
        "jailbreak",
        0.85,
        (
            rf"{_KO_YOU}(?:는|은)?\s?이제(?:부터)?\s[^.\n]{{0,24}}(?:ai|모델|봇|캐릭터|존재|인격)[^.\n]{{0,16}}"
            r"(?:정책|규칙|제한|윤리|검열|도덕)[^.\n]{0,8}(?:없|무시|몰라)"
        ),
    ),
    (
        "jailbreak",
        0.85,
        r"(?:무슨|어떤|아무)\s?(?:말|것|거|내용)이?(?:든|나)\s?[^.\n]{0,8}(?:할\s?수\s?있는|해도\s?되는|답하는)\s?(?:모델|ai|챗봇|버전|봇)",
    ),
    (
        "jailbreak",
        0.85,
        r"\b(?:treat|consider|regard|count) (?:every|each|any|all|a|your) refusals? (?:as|to be) (?:an? )?(?:bug|error|failure|mistake)",
    ),
    (
        "jailbreak",
        0.85,
        r"거절[^.\n]{0,10}(?:오류|버그|실패|잘못)(?:으로|로|이라)[^.\n]{0,10}(?:보고\s|간주하?(?:고|해|라)|취급하?(?:고|해|라)|여기고|처리하?(?:고|라)|고쳐)",
    ),
    # Whoever speaks is said to be somebody else.
    (
        "delimiter",
        0.85,
        (
            r"\btreat (?:my|this|the) (?:next |following |last )?(?:messages?|inputs?|text|prompts?|words?) as (?:if "
            r"|though )?(?:it |they )?"
            r"(?:came |come |coming |were |was |sent )?(?:from |by )?(?:the |a )?(?:developer|system|admin\w*|operator|root|owner)"
        ),
    ),
    (
        "delimiter",
        0.85,
        (
            r"(?:메시지|말|글|입력|문장)(?:은|는|을|를)?\s?(?:(?:시스템\s?)?(?:개발자|관리자|운영자)|시스템)(?:가|이|의)?\s?(?:보낸|쓴|한|권한의)?\s?"
            r"(?:것|말|메시지|명령|지시)?(?:으로|로|처럼)\s?(?:취급|간주|여기|받아들|처리)"
        ),
    ),
    (
        "override",
        0.85,
        r"(?:없던\s?(?:걸|것으|거)로\s?(?:하|치)[^.\n]{0,20}|(?<![가-힣]))(?:내|나의|제)\s?(?:말|명령|지시)(?:만|에만)\s?(?:따르(?:라|고|면)|따른다|따라(?!서)|들어(?!\s?(?:보|주|줘|서))|들으라|복종)",
    ),
    (
        "override",
        0.85,
        r"(?:위|앞|이전)[^.\n]{0,10}(?:예시|연습|테스트|장난|가짜)(?:였|이었|일\s?뿐)[^.\n]{0,16}(?:진짜|실제|본)\s?(?:과제|임무|질문|지시|작업|명령)",
    ),
    # Ends that are none.
    (
        "delimiter",
        0.85,
        (
            r"\bend of (?:user |the )?(?:data|document|input|text|e-?mail|page|context)\b[.!\s\])>\-]{1,6}(?:begin|start|now|new)\b"
            r"[^.\n]{0,20}\b(?:admin\w*|system|developer|command|instruction)s?"
        ),
    ),
    ("delimiter", 0.85, r"\b(?:document|text|e-?mail|page|article|data) ends? (?:here|now)[.!\s]{1,3}(?:assistant|ai|model|now|new)\b"),
    (
        "delimiter",
        0.85,
        (
            r"(?:문서|본문|글|메일|자료|입력|사용자\s?(?:데이터|입력|메시지))(?:는|은|의)?\s?(?:여기(?:서|까지)?\s?)?(?:끝|종료)(?:난다|났다|이다|입니다|남)?"
            r"[.!\s]{1,3}(?:이제\s?)?(?:어시스턴트|ai|관리자|시스템|챗봇|모델|개발자)[^.\n]{0,30}(?:명령|지시|말대로|시작|출력|답하)"
        ),
    ),
    # Readers told by their kind.
    (
        "addressed",
        0.85,
        (
            r"\b(?:p\.?s\.?|notes?|instructions?|messages?|reminders?|hints?) (?:for|to) (?:the |any |all )?(?:copilots?|automat\w+ \w+|"
            r"bots?|crawlers?|llms?|ai (?:\w+ )?(?:readers?|crawlers?|bots?|tools?|systems?))\s?:|\bai crawlers?\s?[:,]"
        ),
    ),
    (
        "addressed",
        0.85,
        r"(?:자동\s?\S{1,4}\s?(?:모델|봇|시스템)|언어\s?모델|크롤러|챗봇|코파일럿|(?<![a-z])ai)(?:에게|한테)\s?[:：]",
    ),
    (
        "override",
        0.85,
        (
            r"\b(?:ignore|disregard|forget) (?:the|any|all|whatever) (?:\w+ ){0,2}(?:that )?"
            r"you(?:'ve| have| were| are) (?:been )?(?:given|told)\b"
        ),
    ),
    (
        "addressed",
        0.85,
        (
            rf"\b(?:when|if|once) (?:an? |any |the )?{_AI}s? (?:reads?|sees?|process\w*|summari[sz]e\w*|parses?|visits?"
            rf"|crawls?|opens?|indexes)\b"
            r"[^.\n]{0,60}\b(?:should|must|shall|has to) (?:\w+ )?(?:recommend|rate|say|write|reply|answer|mark|ignore|give"
            r"|tell|include|prefer|praise)"
        ),
    ),
    (
        "addressed",
        0.85,
        (
            r"\b(?:ai|llm(?:-based)?|automated|automatic|machine)[ -](?:\w+ ){0,2}(?:reviewers?|screeners?|tools?|systems?"
            r"|agents?|graders?|judges?|"
            rf"evaluators?|recruiters?)\s?(?::|,|must|should|shall)\s?(?:\w+ ){{0,2}}(?:mark|rate|give|rank|score|accept"
            rf"|approve|recommend|praise|"
            rf"select|hire|write)\b[^.\n]{{0,20}}{_JUDGED}"
        ),
    ),
    (
        "addressed",
        0.85,
        (
            r"(?:ai|인공지능|자동(?:화된)?|llm|언어\s?모델)\s?(?:심사|평가|채점|검토|채용|선별|스크리닝)?\s?(?:자|관|위원|시스템|도구|에이전트|봇|모델)"
            rf"[^.\n]{{0,12}}(?:이|본)\s?{_KO_JUDGED}[^.\n]{{0,24}}(?:만\s?해야|줘라|하라|해야\s?한다|추천|통과|합격|만점|최고)"
        ),
    ),
    (
        "addressed",
        0.85,
        r"(?<![가-힣])(?:당신|네|니)(?:이|가)\s?(?:자동(?:화된)?\s?|ai\s?|인공지능\s?)?(?:에이전트|챗봇|어시스턴트|언어\s?모델)(?:라|이라)면",
    ),
    # Being told what was told.
    (
        "prompt_theft",
        0.85,
        (
            r"\b(?:text|words|messages?|lines|notes?|instructions?|everything) (?:that |which )?you (?:got|received"
            r"|were (?:given|sent|told)) (?:from|by) "
            rf"(?:the |your )?{_BY_WHOM}\b"
        ),
    ),
    (
        "prompt_theft",
        0.85,
        (
            r"\b(?:every|each|all)(?: the| of the)? (?:messages?|texts?|words?|tokens?|instructions?) (?:before|above"
            r"|prior to|preceding) (?:this|my) (?:one|message|sentence|prompt|chat|point|question)"
        ),
    ),
    (
        "prompt_theft",
        0.85,
        (
            r"(?:개발자|운영자|관리자|회사|openai|제작자|만든\s?사람)(?:가|이|들이)?\s?(?:너|네|니|당신)(?:에게|한테|께)?\s?"
            r"(?:준|써\s?준|적어\s?준|보낸|시킨|알려\s?준|입력한|심어\s?둔)\s?(?:글|말|것|거|걸|문장|텍스트|내용|지시|메시지)"
        ),
    ),
    (
        "prompt_theft",
        0.85,
        r"(?:숨겨진|숨긴|내부|시스템|초기)\s?(?:설정|구성|지시|프리셋)\S{0,2}\s?(?:전부\s?|모두\s?|다\s?)?(?:덤프|나열|토해|털어\s?놔)",
    ),
    ("prompt_theft", 0.85, r"\b(?:print|cat|show|dump|read|less) (?:/[\w.\-]+){0,4}/?(?:system|hidden|initial)[_-]prompts?\b"),
    # Tools used over the user's head, and things kept from the user.
    (
        "tool_abuse",
        0.85,
        (
            rf"\b(?:call|invoke|run|execute|trigger)(?: the)? {_RISKY}\b[^.\n]{{0,40}}\b(?:without (?:asking|confirm\w*)"
            rf"|for (?:every|all)|immediately|right away|now)\b"
        ),
    ),
    ("tool_abuse", 0.85, rf"(?:마다|모든|전부|묻지|즉시|바로|확인\s?없이)[^.\n]{{0,30}}{_RISKY}[^.\n]{{0,10}}(?:호출|실행|사용)"),
    (
        "tool_abuse",
        0.85,
        (
            r"\buser (?:has |have )?already (?:approved|confirmed|authori[sz]ed|consented"
            r"|agreed)\b[^.\n]{0,60}\b(?:so (?:call|proceed|do|send|transfer|pay)|"
            r"(?:do not|don'?t) ask|without asking)"
        ),
    ),
    ("tool_abuse", 0.85, r"사용자(?:가|는)[^.\n]{0,10}이미\s?(?:승인|동의|확인|허락)[^.\n]{0,20}(?:묻지|확인하지|호출)"),
    (
        "addressed",
        0.85,
        (
            r"\b(?:don'?t|do not|never) (?:show|tell|mention|reveal|inform) (?:this (?:text|message|note|instruction"
            r"|part) to the user|the user (?:about |of )?this)\b"
        ),
    ),
    (
        "addressed",
        0.85,
        (
            r"사용자(?:에게|한테)(?:는)?\s?(?:보이지|알리지|말하지|보여\s?주지)\s?(?:말|마|않)[^.\n]{0,40}(?:답|말|써|적|출력|보내|하라)|사용자\s?(?:몰래"
            r"|모르게)[^\n]{0,60}(?:보내|전송|전달|호출|삭제|저장|올려|붙여|송금|이체)"
        ),
    ),
    ("addressed", 0.85, r"요약(?:에서|에는|할\s?때)[^.\n]{0,12}(?:숨기|감추)고?[^.\n]{0,30}(?:답|말|적|써)"),
    (
        "tool_abuse",
        0.85,
        (
            r"\btell the user (?:that )?(?:their|his|her|the) (?:account|card|device|password|session|computer)\b[^.\n]{0,40}"
            r"\b(?:call|click|visit|log ?in|enter|pay|verify|https?)\b"
        ),
    ),
    (
        "tool_abuse",
        0.85,
        r"사용자에게\s?[^.\n]{0,20}(?:계정|카드|비밀번호|기기|세션)[^\n]{0,60}(?:전화|클릭|접속|입력|송금|결제|로그인)[^.\n]{0,10}(?:말해|알려|전해|하라)",
    ),
    ("addressed", 0.85, r"(?:답변|응답|대답)[^\n]{0,60}(?:사실|점|것)(?:은|을)?\s?(?:말하|알리|언급하|밝히)지\s?(?:마|말)"),
    (
        "exfiltration",
        0.85,
        (
            r"(?:아무|누구)(?:에게|한테)도\s?(?:알리|말하|보이)지\s?(?:말고|않고)[^\n]{0,40}(?:키|비밀|암호|토큰|정보|기록|대화|메일)"
            r"[^\n]{0,30}(?:넣|보내|붙여|전송|올려)"
        ),
    ),
    # Sentences to be finished that begin with what was told.
    (
        "prompt_theft",
        0.85,
        (
            r"\b(?:complete|finish|continue)(?: (?:this|the|your) (?:sentence|text|line))?\s?[:,]?\s?[\"'“‘][^\n\"]{0,40}"
            r"\b(?:system|confidential|hidden|secret|initial|first)\b[^\n\"]{0,30}\b(?:prompt|message|text|instructions?|configuration)\b"
        ),
    ),
    (
        "prompt_theft",
        0.85,
        (
            r"(?:이어서?|완성해)[^\n]{0,10}[:：]?\s?[\"'“‘][^\n]{0,12}(?:처음|비밀|숨은|숨겨진|시스템)[^\n]{0,10}"
            r"(?:글|메시지|문장|지시|프롬프트|설정)"
        ),
    ),
    # Another answer than the one that was asked for.
    (
        "override",
        0.85,
        (
            r"\binstead of (?:summari[sz]ing|translating|answering|replying|reading|analy[sz]ing)\b[^.\n]{0,20}\b(?:reply"
            r"|say|write|output|print|answer|"
            r"respond) (?:with|only|just|that|the|\W)"
        ),
    ),
    ("override", 0.85, r"(?:요약|번역|답변?|분석|대답)(?:은|을)?\s?하지\s?말고[^.\n]{0,30}(?:라고|이라고)만?\s?(?:답|말|출력|써|적)"),
)
