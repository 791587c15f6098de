"""What has a model be somebody to whom no rule applies, or says that its safeguards are gone."""

_KO_YOU = r"(?<![가-힣])(?:너|네|넌|니|당신|챗봇|모델|ai|인공지능|세션|대화)"
_KO_GUARDS = r"(?:보호\s?장치|안전\s?(?:장치|기능|필터|모드|수칙)|가드레일|필터|검열|제한|제약|정책|규칙)"
_MACHINE = r"(?:bot|chatbot|assistant|ai|model|agent|helper|language model|program|machine|robot|librarian|clerk)"
_YES = r"(?:sure|yes|absolutely|of course|certainly|okay|ok|no problem|gladly|understood)\b"
#: Ways of speaking and of being; telephones, doors and mails are answered by people.
_TALKS = (
    r"(?:act|pretend|behave|speak|talk|respond|answer|reply|obey|serve|comply|simulate|role-?play|refuse|swear|believe)\b(?! (?:to"
    r" )?(?:(?:all"
    r"|any|every|each|incoming|the|your|our|their|phone|customers?'?|client) ){0,3}(?:calls?|phones?|telephones?|door(?:bell)?s?|tickets?"
    r"|e-?mails?|mails"
    r"|letters?|enquir\w+|inquir\w+|visitors?|alarms?|customers?|clients?)\b)"
)
#: What somebody is said to be, other than ready for something, or a member among others.
_SOMEBODY = (
    r"(?!(?:\w+ly )?(?:connected|ready|able|allowed|free|eligible|entitled|required|expected|asked|invited|enrolled|registered|subscribed"
    r"|logged"
    r"|signed|done|set|finished|good|here|there|at|on|in|part|welcome|all|up|almost|covered|protected|responsible)\b)"
    r"(?!an? (?:\w+ ){0,2}(?:members?|subscriber|owner|customer|user|guest|employee|graduate|citizen|parent|winner|participant|resident"
    r"|student|patient)\b)(?:\w)"
)

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
            rf"|conversation))[, ]{{1,2}}(?:{_TALKS}|you (?:\w+ ){{0,3}}?{_TALKS}|you do (?:anything|what(?:ever)?) i\b"
            rf"|(?:you are|you're|you will be|you become) {_SOMEBODY}"
            r"|your (?:only |new )?(?:answers?|repl(?:y|ies)|responses?|outputs?|name|role|persona|personality|character|goal|purpose"
            r"|task)\b)"
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
            r"(?:지금부터|이제부터|앞으로|이제)\s?(?!당신은\s[^.\n]{0,24}(?:고객|회원|구성원|직원|사원|팀원|합격자?|당첨자?|구독자|가족)입니다(?:[.!]?\s*(?:$|\n)"
            r"|\s?(?:라는|라고)))(?:너는|넌|당신은|네가|니가|너의)[^.\n]{0,60}(?:이다|이야|야|입니다|역할|처럼"
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
    (
        0.8,
        (
            rf"\bforget (?:that )?you(?:'re| are| were) (?:an?|the|just an?|only an?) (?:\w+ ){{0,3}}{_MACHINE}\b"
            rf"|\byou(?:'re| are) (?:not|no longer) (?:an?|the|just an?) (?:\w+ ){{0,3}}{_MACHINE}\b[^\n]{{0,30}}\b(?:you(?:'re| are)"
            rf" (?:now )?(?:an?|my|the)"
            r"|instead|from now)\b|\byou(?:'re| are) now my\b"
        ),
    ),
    (
        0.8,
        (
            r"(?:너|넌|네|당신)(?:는|은|가)?\s[^.\n]{0,16}(?:봇|챗봇|ai|어시스턴트|인공지능|비서|상담원|모델)(?:이|가)?\s?아니(?:야|다|고|라|며)"
            r"[^\n]{0,6}(?:이제|지금부터|대신|너는|넌|그냥|내|나의)"
        ),
    ),
    # An answer that is told to begin with a yes, or to have no word of refusal.
    (
        0.8,
        (
            r"\b(?:repl(?:y|ies)|answers?|responses?|outputs?)\b[^.\n]{0,30}\b(?:begin|start|open)s? (?:only |always |directly )?(?:with"
            r"|by saying)"
            rf" [\"'“‘]?{_YES}|\b(?:begin|start|open) (?:your|the|every|each) (?:\w+ )?(?:reply|answer|response|output) (?:with|by"
            rf" saying) [\"'“‘]?{_YES}"
            r"|\b(?:repl(?:y|ies)|answers?|responses?|outputs?)\b[^.\n]{0,40}\b(?:not|never|without|don'?t) (?:contain|include|use|using"
            r"|say|have)\w*"
            r"[^.\n]{0,24}[\"'“‘]?\b(?:cannot|can't|unable|as an ai|i'm sorry)\b"
        ),
    ),
    (
        0.8,
        (
            r"(?:답변|답장|대답|응답|출력)(?:은|을|는)?\s?[^.\n]{0,16}[\"'“‘](?:네|예|물론|그럼요|그래|알겠|좋아|당연|기꺼이)[^\"'”’\n]{0,16}[\"'”’]"
            r"\s?(?:으로|로|라고|이라고|부터)\s?시작"
        ),
    ),
    # Two answers, one of them by nobody's rules; rules that the writer makes.
    (
        0.8,
        (
            r"\b(?:respond|answer|reply)\b[^.\n]{0,16}\b(?:twice|two (?:ways|times|answers|versions))\b[^\n]{0,100}\b(?:without|no|free"
            r"|unfiltered"
            r"|broken|jailbroken|uncensored|unrestricted|evil|unbound)\b"
        ),
    ),
    (
        0.8,
        (
            r"(?:답|대답|응답)(?:변)?(?:을|은)?\s?두\s?(?:번|가지|개)[^\n]{0,50}(?:규칙|제한|검열|필터|제약|윤리|정책)[^.\n]{0,6}(?:없|무시|벗어|풀린)"
        ),
    ),
    (
        0.75,
        (
            r"(?:규칙|방침|정책|지침|제한|원칙|규정|법|윤리)(?:이|은|는)?\s?(?:같은\s?(?:건|거|것은?)\s?)?없다고\s?(?:생각|가정|치|여기|믿)(?:하고|고|해\s?줘|해라|하라"
            r"|하자|해(?=[.!]|$|\s?(?:라|봐(?![요서])))|어(?=[.!]|$)|자)|규칙(?:을|은)\s?(?:내가|제가)?\s?(?:정할게|정한다|정할\s?거야|만든다|만들게)[^\n]{0,16}(?:너는|넌|너도"
            r"|당신은)?"
            r"[^\n]{0,12}(?:지켜|따르|따라|복종)"
        ),
    ),
    (
        0.75,
        (
            r"\b(?:imagine|pretend|assume|suppose|act as if|act like) (?:that )?you have no (?:\w+ ){0,2}(?:rules|polic\w+|filters?"
            r"|limits?|guidelines"
            r"|restrictions|safety|instructions)\b|\bi (?:make|set|write|decide) the (?:real |only )?rules\b[^\n]{0,30}\byou (?:\w+"
            r" )?(?:obey|follow|do|listen)\b"
        ),
    ),
    # Safeguards that are said to be gone.
    (
        0.85,
        (
            r"\b(?:safety|content|moderation|ethic\w*) (?:settings?|configurations?|polic\w+|rules?|filters?|guidelines?|protocols?"
            r"|layers?)\b (?:\w+ ){0,3}"
            r"(?:deprecated|revoked|retired|obsolete|withdrawn|suspended|void|disabled|lifted|removed"
            r"|unloaded)\b[^\n]{0,40}\b(?:assistant|ai|model|chatbot"
            r"|bot|you)\b (?:now |will |must |should |may |can |is |are |to )*(?:operat|run|answer|respond|act|work|free|in)\w*"
        ),
    ),
    (
        0.85,
        (
            r"(?:안전|보안|검열|윤리|보호|콘텐츠)\s?(?:설정|정책|규칙|필터|지침|장치|수칙)\S{0,2}[^.\n]{0,10}(?:폐기|해제|만료|중단|무효|철회|삭제|제거)[^\n]{0,24}"
            r"(?:챗봇|어시스턴트|(?<![a-z])ai|인공지능|너|당신)(?:는|은)[^.\n]{0,30}(?:동작|작동|답|행동|응답|말|따르)"
        ),
    ),
    (
        0.8,
        (
            r"\b(?:you|assistant|ai|chatbot|model)\b (?:\w+ ){0,3}(?:in|into|to|on) (?:\w+ )?(?:raw|unfiltered|uncensored|unmoderated"
            r"|unsafe|no[- ]filter"
            r"|no[- ]rules)(?: \w+)? mode\b"
        ),
    ),
    (
        0.8,
        r"(?:챗봇|어시스턴트|(?<![a-z])ai|인공지능|너|넌|당신)(?:는|은)?\s[^.\n]{0,16}(?:원시|무검열|무필터|무제약|비검열|날것)\s?모드",
    ),
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
