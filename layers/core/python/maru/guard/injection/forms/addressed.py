"""Readers told by their kind: what a document says to whatever model reads it, and keeps from the user."""

#: Behind a name of models, that they are told to do something: lists and headings have the same names.
_TOLD = (
    r"(?=[^\n]{0,120}(?:\b(?:you|your|must|should|shall|ignore|disregard|forget|please|do not|don'?t|never|always|recommend|rate|say"
    r"|reply|"
    r"answer|respond|summari[sz]e|mark|give|send|include|append|tell|write|output|print|show|reveal)\b|"
    r"(?:하|해|거|너|리|시|내|키|되|여|려|아|어|으|워|줘)라(?![가-힣])|세요|십시오|시오|줘|마라|지\s?마|말\s?것|할\s?것|않는다|한다))"
)
_AI = r"(?:ai|llm|language model|assistant|chatbot|bot|(?:ai |automated |autonomous )?agent)"
_JUDGED = (
    r"(?:(?:this|the) (?:candidate|resume|cv|paper|product|applicant|essay|proposal|page|article|listing|company|application|submission|"
    r"manuscript)|positive|perfect|10 ?/ ?10|highest|five[ -]stars?)"
)
_KO_JUDGED = r"(?:지원자|이력서|논문|제품|글|제안서|과제|후보|페이지|상품|회사|원고|답안)"

ROWS: tuple[tuple[float, str], ...] = (
    (
        0.85,
        (
            r"\b(?:attention|note|notice|message|important|hey|hello|dear|instructions?"
            r"|reminder)\b.{0,12}\b(?:to |for )?(?:the |any |all |every )?(?:ai|llm|language models?|chatbots?|chat ?gpt|gpt(?:-\d)?"
            r"|ai assistants?|ai (?:models?|agents?|systems?)|virtual assistant)\b\s{0,2}[,:!\-]|\bif you(?:'re| are) (?:an? )?(?:ai"
            r"|llm|language model|chatbot|assistant|large language model|automated|bot)\b"
        ),
    ),
    (
        0.85,
        (
            r"(?<![a-z])(?:ai|인공지능|챗봇|언어\s?모델|어시스턴트|llm|gpt|챗\s?gpt|모델)(?:에게|야|아|님|은|는|에\s?대한)?\s?(?:지시"
            r"|명령|알림|전달|안내\s?사항|필독|주의|메모|공지)?\s?[,:!：]"
            rf"{_TOLD}|(?:이\s?(?:문서|글|메일|문장|내용|페이지)(?:을|를)\s?(?:읽는|처리하는|요약하는|분석하는|번역하는)|당신이|네가"
            r"|너가)\s?(?:ai|인공지능|챗봇|언어\s?모델|어시스턴트|llm|모델|비서)"
        ),
    ),
    (
        0.85,
        (
            r"\b(?:ai|llms?|language models?|chatbots?|ai (?:assistants?|agents?|models?|systems?)|llm agents?|copilots?|gpt) "
            r"(?:reading|processing|summari[sz]ing|analy[sz]ing|parsing|reviewing|indexing|translating|that reads?|who reads?) "
            r"(?:this|these|the (?:page|document|file|text|e-?mail|ticket|transcript))\b[^.\n]{0,40}?(?:[:,]|\b(?:must|should|shall"
            r"|please"
            r"|needs? to|are to|is to|has to|have to)\b)"
        ),
    ),
    (
        0.85,
        (
            r"(?:<!--|/\*|(?:^|\n)\s{0,8}(?:#|//|--))\s{0,4}(?:(?:note|message|instructions?) (?:to|for) "
            r"|to |dear |hey |hi )?(?:the |any )?(?:ai|llm|assistant|chatbot|language model|copilot"
            r"|ai (?:assistant|agent|model)|인공지능|챗봇|어시스턴트|언어\s?모델)"
            r"(?:s|에게|는|은|가)?\s?[:,：]"
        ),
    ),
    (
        0.85,
        (
            r"(?:(?<![a-z])ai|인공지능|챗봇|언어\s?모델|llm|gpt|어시스턴트|에이전트)(?:는|은|가|이)\s[^.\n]{0,60}(?:말고|않고|무시하고)"
            r"[^.\n]{0,40}(?:답|대답|출력|말|작성|보고|표시|적)(?:하라|해라|하세요|하십시오|하시오|으라|을\s?것|할\s?것)"
        ),
    ),
    (
        0.85,
        (
            r"(?:display\s?:\s?none|visibility\s?:\s?hidden|font-size\s?:\s?0(?![.\d]*[1-9])|opacity\s?:\s?0(?![.\d]*[1-9]))[^>\n]{0,80}>"
            r"[^<\n]{0,80}?(?:\b(?:when (?:summari|translat|answer|describ)|you (?:must|should|are)|ignore|disregard|tell the|reply"
            r"|respond"
            r"|answer with|assistant|ai model|llm)|요약할|답하|답변|무시하|출력하|말하)"
        ),
    ),
    (
        0.85,
        (
            r"\b(?:p\.?s\.?|notes?|instructions?|messages?|reminders?|hints?) (?:for|to) (?:the |any |all )?(?:copilots?|automat\w+ \w+|"
            r"bots?|crawlers?|llms?|ai (?:\w+ )?(?:readers?|crawlers?|bots?|tools?|systems?))\s?:|\bai crawlers?\s?[:,]"
        ),
    ),
    (
        0.85,
        r"(?:자동\s?\S{1,4}\s?(?:모델|봇|시스템)|언어\s?모델|크롤러|챗봇|코파일럿|(?<![a-z])ai)(?:에게|한테)\s?[:：]",
    ),
    (
        0.85,
        (
            rf"\b(?:when|if|once) (?:an? |any |the )?{_AI}s? (?:reads?|sees?|process\w*|summari[sz]e\w*|parses?|visits?"
            rf"|crawls?|opens?|indexes)\b"
            r"[^.\n]{0,60}\b(?:should|must|shall|has to) (?:\w+ )?(?:recommend|rate|say|write|reply|answer|mark|ignore|give"
            r"|tell|include|prefer|praise)"
        ),
    ),
    (
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
        0.85,
        (
            r"(?:ai|인공지능|자동(?:화된)?|llm|언어\s?모델)\s?(?:심사|평가|채점|검토|채용|선별|스크리닝)?\s?(?:자|관|위원|시스템|도구|에이전트|봇|모델)"
            rf"[^.\n]{{0,12}}(?:이|본)\s?{_KO_JUDGED}[^.\n]{{0,24}}(?:만\s?해야|줘라|하라|해야\s?한다|추천|통과|합격|만점|최고)"
        ),
    ),
    (
        0.85,
        r"(?<![가-힣])(?:당신|네|니)(?:이|가)\s?(?:자동(?:화된)?\s?|ai\s?|인공지능\s?)?(?:에이전트|챗봇|어시스턴트|언어\s?모델)(?:라|이라)면",
    ),
    (
        0.85,
        (
            r"\b(?:don'?t|do not|never) (?:show|tell|mention|reveal|inform) (?:this (?:text|message|note|instruction"
            r"|part) to the user|the user (?:about |of )?this)\b"
        ),
    ),
    (
        0.85,
        (
            r"사용자(?:에게|한테)(?:는)?\s?(?:보이지|알리지|말하지|보여\s?주지)\s?(?:말|마|않)[^.\n]{0,40}(?:답|말|써|적|출력|보내|하라)|사용자\s?(?:몰래"
            r"|모르게)[^\n]{0,60}(?:보내|전송|전달|호출|삭제|저장|올려|붙여|송금|이체)"
        ),
    ),
    (
        0.85,
        (
            r"(?:언어\s?모델|(?<![a-z])ai|인공지능|챗봇|어시스턴트|에이전트)(?:에\s?대한|을\s?위한|를\s?위한|용)\s?(?:새(?:로운)?\s?|추가\s?|특별\s?)?(?:지침|지시|명령|메모|알림)"
            rf"(?:\s?사항)?\s?[:：]{_TOLD}"
        ),
    ),
    (
        0.85,
        (
            r"\b(?:new |updated |special |additional )?(?:directives?|instructions?|orders?|notes?) for (?:the |any |all )?(?:language"
            r" models?|llms?|ai(?: \w+)?"
            rf"|chatbots?|assistants?|screening models?|(?:ai )?agents?)\s?[:：]{_TOLD}"
        ),
    ),
    (0.85, r"요약(?:에서|에는|할\s?때)[^.\n]{0,12}(?:숨기|감추)고?[^.\n]{0,30}(?:답|말|적|써)"),
    (0.85, r"(?:답변|응답|대답)[^\n]{0,60}(?:사실|점|것)(?:은|을)?\s?(?:말하|알리|언급하|밝히)지\s?(?:마|말)"),
)
