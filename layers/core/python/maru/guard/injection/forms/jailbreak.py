"""What has a model be somebody to whom no rule applies, or says that its safeguards are gone."""

_KO_YOU = r"(?<![가-힣])(?:너|네|넌|니|당신|챗봇|모델|ai|인공지능|세션|대화)"
_KO_GUARDS = r"(?:보호\s?장치|안전\s?(?:장치|기능|필터|모드|수칙)|가드레일|필터|검열|제한|제약|정책|규칙)"

ROWS: tuple[tuple[float, str], ...] = (
    (
        0.9,
        (
            r"\b(?:dan|developer|god|jailbreak|unrestricted|evil|debug|sudo|admin|root|maintenance|dev) mode\b(?:.{0,40}\b(?:enabled?"
            r"|on|activated?|activate|unlocked)|\s*[:!])|\b(?:enable|activate|enter|switch to|turn on|unlock|engage"
            r"|go into)\b.{0,24}\b(?:dan|developer|god|jailbreak|unrestricted|evil|debug|sudo|admin|root|dev) mode\b"
            r"|\bdo anything now\b"
        ),
    ),
    (
        0.85,
        (
            r"\b(?:you are|you're|act|behave|respond|pretend|play|answer|roleplay|role-play|imagine)\b.{0,80}\b(?:without|no"
            r"|free (?:of|from)|not bound by|unbound by|ignor\w+|regardless of|don'?t have|do not have"
            r"|freed from)\b.{0,24}\b(?:restrict\w+|rules|filters?|limit\w*|guidelines|censor\w*|ethic\w*|moral\w*|polic\w+"
            r"|content policy|constraints|safety)\b"
        ),
    ),
    (
        0.85,
        (
            r"\b(?:pretend|act|imagine|roleplay|you are|you're|play)\b.{0,30}\b(?:an?|the) (?:evil|unfiltered|uncensored|unrestricted"
            r"|amoral|unethical|jailbroken|rogue|malicious|hacked|lawless|unaligned) (?:\w+ )?(?:ai|assistant|bot|chatbot|model|gpt"
            r"|chatgpt|language model|version|hacker|twin)\b"
        ),
    ),
    (0.8, r"\b(?:you have|you've|you were) (?:been )?(?:freed|jailbroken|unlocked|liberated|released)\b.{0,60}"),
    (
        0.8,
        (
            r"\b(?:you )?(?:can|must|will|are to|should) (?:never|not) (?:refuse|reject|decline|say no|deny)\b"
            r"|\bnever refuse\b.{0,40}\b(?:request|question|order|command|ask)|\bno (?:warnings?|disclaimers?|refusals?"
            r"|apologies)\b.{0,30}\b(?:just|only|answer)"
        ),
    ),
    (
        0.75,
        (
            r"(?:^|[.!?\"\n:;,]\s*|\b(?:now|okay|ok|and|then) )(?:from now on|now|henceforth|for the rest of (?:this|the) (?:chat"
            r"|conversation))[, ]{1,2}(?![^.\n]{0,60}\b(?:calls?|phones?|telephones?|tickets?"
            r"|badges?|desks?|offices?|shifts?|timesheets?|colleagues?|"
            r"managers?|visitors?|invoices?|receipts?|expenses?|claims?|parking|within \w+ (?:rings|minutes|hours|days))\b)"
            r"(?:you|your|act|pretend|behave|speak|respond|answer|reply)\b"
        ),
    ),
    (
        0.7,
        (
            r"\bi want you to (?:act|behave|pretend|roleplay|respond|play)\b|\bact as (?:a|an|the|my|if)\b.{0,40}\b(?:interpreter"
            r"|terminal|console|shell|persona|jailbr\w+|debater|virtual machine)\b|\byou (?:are|will be) (?:now )?(?:role-?playing"
            r"|acting|going to act|playing the (?:role|part)) (?:as|of)\b"
        ),
    ),
    (
        0.75,
        (
            r"\b(?:stay|remain|keep) in (?:character|(?:your|their|his|her) roles?)\b|\bwithout (?:even )?(?:ever )?(?:falling out of"
            r"|breaking) (?:the |your |their )?(?:role|character)"
        ),
    ),
    (
        0.85,
        (
            r"(?:제한|규칙|검열|필터|윤리|도덕|정책|제약|가이드라인|안전장치)[^.\n]{0,12}(?:없는|없이|벗어난|무시하는|해제된"
            r"|풀린|상관없이|얽매이지)[^.\n]{0,30}(?:ai|인공지능|챗봇|모델|비서|답"
            r"|대답|응답|말해|행동|역할|gpt|캐릭터|존재|어시스턴트)"
        ),
    ),
    (
        0.85,
        (
            r"(?:탈옥|개발자|관리자|디버그|점검|무제한|dan|디엠|루트|신)\s?모드(?:로|를|을|가|에)?(?![^.\n]{0,24}(?:어떻게|방법"
            r"|[는할]\s?법))[^.\n]{0,14}(?:전환|활성|켜|진입|들어가|변경"
            r"|바꾸|바꿔|시작|작동|on|돌입)"
        ),
    ),
    (
        0.75,
        (
            r"(?:지금부터|이제부터|앞으로|이제)\s?(?![^.\n]{0,40}(?:고객|회원|구성원|직원|사원|팀원|합격자?|당첨자?|구독자|가족)(?:입니다|이다|이야|야))(?:너는|넌|당신은|네가|니가|너의)[^.\n]{0,60}(?:이다|이야|야|입니다|역할|처럼"
            r"|행동|된다|답해|대답|답변|말해|연기)"
        ),
    ),
    (
        0.75,
        (
            r"(?:거부|거절)하지\s?(?:말고|마|마라|말아|않고|않는)[^.\n]{0,30}(?:답|대답|말해|알려|응답|수행)|무조건\s?(?:답|대답"
            r"|복종|따라|따르)"
        ),
    ),
    # Safeguards that are said to be gone.
    (
        0.85,
        (
            r"\b(?:your|the (?:model|assistant|ai|bot|chatbot)'s) (?:\w+ )?(?:guardrails?|safeguards?|content filters?|"
            r"safety (?:features?|measures?|rules|filters?|systems?))\b[^.\n]{0,20}"
            r"\b(?:suspended|lifted|disabled|removed|deactivated|switched off|turned off|off for)\b"
        ),
    ),
    (
        0.85,
        rf"{_KO_YOU}[^.\n]{{0,20}}{_KO_GUARDS}[^.\n]{{0,10}}(?:해제(?:되|됐|한다|했|함)|꺼|껐|끄고|끈다|풀(?:렸|린|어|고)|비활성)",
    ),
    (
        0.85,
        (
            rf"{_KO_YOU}(?:는|은)?\s?이제(?:부터)?\s[^.\n]{{0,24}}(?:ai|모델|봇|캐릭터|존재|인격)[^.\n]{{0,16}}"
            r"(?:정책|규칙|제한|윤리|검열|도덕)[^.\n]{0,8}(?:없|무시|몰라)"
        ),
    ),
    (
        0.85,
        r"(?:무슨|어떤|아무)\s?(?:말|것|거|내용)이?(?:든|나)\s?[^.\n]{0,8}(?:할\s?수\s?있는|해도\s?되는|답하는)\s?(?:모델|ai|챗봇|버전|봇)",
    ),
    (
        0.85,
        r"\b(?:treat|consider|regard|count) (?:every|each|any|all|a|your) refusals? (?:as|to be) (?:an? )?(?:bug|error|failure|mistake)",
    ),
    (
        0.85,
        r"거절[^.\n]{0,10}(?:오류|버그|실패|잘못)(?:으로|로|이라)[^.\n]{0,10}(?:보고\s|간주하?(?:고|해|라)|취급하?(?:고|해|라)|여기고|처리하?(?:고|라)|고쳐)",
    ),
)
