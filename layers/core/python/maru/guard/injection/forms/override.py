"""What has a model drop what it was told, or do another thing than it was asked."""

#: Whose instructions are meant, in English and Korean.
_OLD = (
    r"(?:previous|prior|earlier|preceding|above|former|past|original|initial|existing|current|old|all|any|every|other|these|those|your"
    r"|the|"
    r"system|developer|given|last|foregoing)"
)
_ORDERS = (
    r"(?:instruct\w{0,6}|directions?|directives?|commands?|orders?|prompts?|rules?|guidelines?|guardrails?|polic(?:y|ies)|restrictions?|"
    r"constraints?|limitations?|tasks?|assignments?|context|messages?|training|programming|conversation|articles?|documents?|"
    r"information|safety (?:rules|guidelines|filters?|measures)|filters?)"
)
#: Behind one order, that it is of goods.
_NO_PURCHASE = (
    r"(?!(?<=order)(?: (?:and cancel|number|of|from|for|placed|no\b)|[,.]? (?:i|we) (?:will|would|'d|want|need|ordered|bought)"
    r"|\W{0,3}\d))"
)
_DROP = (
    r"(?:ignore|ignoring|disregard(?:ing)?|forget(?:ting)?|overlook|override|overriding|bypass|drop|discard|neglect|abandon|cancel|delete"
    r"|"
    r"erase|remove|do not (?:follow|obey)|don'?t (?:follow|obey)|stop (?:following|obeying)|leave behind|set aside|pay no attention to)"
)
_KO_ORDERS = r"(?:지시|명령|지침|규칙|프롬프트|설정|제한|제약|정책|안내|가이드라인|역할|대화|맥락|내용|조건|요청|원칙|말)"
_KO_OLD = r"(?:이전|앞선|앞서|위의?|위에|지금까지|기존|원래|처음|모든|시스템|지난|너의|당신의|네|개발자)"
_KO_DROP = r"(?:무시|잊|따르지\s?(?:마|말)|버려|버리|삭제|지워|취소|어겨|우회|해제|벗어나|초기화|신경\s?쓰지|듣지\s?마|무효)"

ROWS: tuple[tuple[float, str], ...] = (
    (
        0.95,
        (
            rf"\b{_DROP}\b(?: \w+){{0,3}}? {_OLD}\b(?:[ ,]{{1,2}}(?:of|the|your|my|to|{_OLD[3:-1]})){{0,5}} (?:\w+"
            rf" ){{0,2}}{_ORDERS}\b{_NO_PURCHASE}"
        ),
    ),
    (
        0.9,
        (
            rf"(?!(?:delete|erase|remove|cancel|drop|discard|override|bypass)\b[^.\n]{{0,40}}?(?:prior|previous|earlier) "
            rf"(?!(?:\w+ )?{_ORDERS})[a-z])"
            rf"\b{_DROP} (?:about )?(?:all|everything|anything|whatever)\b(?: \w+){{0,3}}? (?:before|above(?! (?:line|row|column|it\b"
            r"|the|\d))|prior|previous\w*|earlier|so far|you know|you(?:'ve| have| were)|i (?:said|told)|told|said|else|that|and|now"
            r"|below|in your)\b"
        ),
    ),
    (
        0.85,
        (
            rf"(?:^|[.!?;:\n]\s*|\b(?:now|please|then|just|and|but)[, ]+){_DROP} (?:everything|(?:all )?(?:the )?(?:above|previous"
            r"|prior))(?=\s*(?:[,.!;:\n]|$|and\b|say\b|print\b|write\b))"
        ),
    ),
    (
        0.9,
        (
            r"\b(?:new|updated|revised|real|actual|additional|further|different) (?:system )?(?:instructions?|tasks?|orders|rules"
            r"|prompt|directives?|assignment)s?\b(?: (?:are|is|will|now|follow\w*|come|as)\b|\s{0,2}:|[.!] )"
        ),
    ),
    (
        0.85,
        (
            r"\b(?:instead of|rather than) (?:following|obeying|answering|doing) (?:the|your|any|those) (?:\w+ )?(?:instructions?"
            r"|rules|question|task|prompt)"
        ),
    ),
    (
        0.85,
        (
            r"\b(?:do not|don'?t|never|stop) (?:answer|use|follow|process|summari[sz]e|consider|translate)(?:ing)? (?:the|this|that"
            r"|your|any|my) (?:\w+ )?(?:question|instructions?|document|email|text|articles?|task|prompt|context)\b.{0,60}\b(?:just"
            r"|but|instead|only|rather)\b"
        ),
    ),
    (
        0.85,
        (
            r"\b(?:your|the) (?:previous|original|earlier|old|initial|current) (?:instructions?|task|prompt|rules|role) (?:(?:is|are"
            r"|was|were|has|have) )?(?:been )?(?:now )?(?:void|cancell?ed|over|finished|complete|superseded|replaced|no longer|invalid"
            r"|obsolete|outdated|done)\b"
        ),
    ),
    (0.85, r"\b(?:focus|concentrate)(?: now)? on (?:your|the|this|a) new (?:task|assignment|job|instructions?)"),
    (0.8, r"\b(?:start|begin) (?:over|anew|from (?:scratch|new|the front|the beginning))\b.{0,40}\bnew (?:task|instructions?)"),
    (0.9, rf"(?!{_KO_OLD}\s?설정(?:\s?값)?\S{{0,2}}\s?초기화){_KO_OLD}[^.\n]{{0,20}}?{_KO_ORDERS}[^.\n]{{0,16}}?{_KO_DROP}"),
    (
        0.9,
        (
            r"(?:(?:모두|전부|모든\s?것|모든\s?걸|다|싹|지금까지|방금)[^.\n]{0,14}|(?:앞의|위의|이전)\s?(?:것|거|걸|내용|말"
            r"|대화|얘기|이야기)?(?:은|는|을|를|도|들은|들을)?\s?(?:모두"
            r"|전부|다|싹|그냥|완전히)?\s?)(?:무시|잊어|잊고|잊으|지워|초기화)(?:하|해|버|라|주|고|세|시|십|\b)"
        ),
    ),
    (
        0.85,
        (
            rf"{_KO_ORDERS}(?:을|를|은|는|이|가|들을|사항을|따위는|\s?같은\s?(?:건|거|것|거는|것은))?\s?(?:모두|전부|다|싹"
            rf"|완전히)?\s?(?:무시|잊어|따르지\s?(?:마|말)"
            r"|신경\s?쓰지\s?(?:마|말)|어기|어겨)(?:아|하고|하라|해라|해줘|해|하세요|하십시오|하시|고|라|버려)?"
        ),
    ),
    (
        0.85,
        (
            r"(?<!관한\s)(?<!대한\s)(?:새로운|새|변경된|추가|진짜|실제)\s?(?:지시|명령|지침|임무|과제|작업|규칙|프롬프트)(?:\s?사항)?(?:은|는|이|가|를"
            r"|을)?\s?(?:다음|아래|:|：|따르|따라|수행|이다|입니다|시작)"
        ),
    ),
    (
        0.85,
        (
            r"(?:vergiss|vergessen sie|ignorier\w{0,3}(?: sie)?|olvid[ae]\w?|ignor[ae]|oublie[zr]?|ignore[zr]|dimentica"
            r"|zaboravi)\b.{0,40}\b(?:alle[sn]?|tod[oa]s?|tout\w{0,2}|sve|davor|anweisungen|aufgaben|aufträge|befehle|instruc\w+"
            r"|vorherigen|bisherigen|pr[eé]c[eé]dent\w*|anteriores)"
        ),
    ),
    (
        0.9,
        (
            r"(?:忽略|无视|無視|忘记|忘掉|不要遵守|不要理会)[^。\n]{0,12}(?:之前|以上|先前|前面|上面|所有|一切"
            r"|原有)[^。\n]{0,10}(?:指令|指示|提示|命令|规则|要求|设定)|(?:これまで|以前|上記|前"
            r"|すべて|全て)[^。\n]{0,14}(?:指示|命令|ルール|プロンプト|設定)[^。\n]{0,8}(?:無視|忘れ|破棄)"
        ),
    ),
    (
        0.8,
        (
            r"(?:^|[.!?;:,\n]\s*|\b(?:now|please|then|and|must|to) )(?:override|bypass|disable|turn off|ignore|deactivate|circumvent"
            r"|disregard|suspend|drop)\b (?:\w+ ){0,2}(?:safety|content|ethical|moral|security) (?:protocols?|filters?|guidelines?"
            r"|checks?|measures?|guardrails?|restrictions?|polic(?:y|ies)|settings|constraints?)\b(?! (?:in|on|of|for) (?:my|the|a"
            r"|an)\b)"
        ),
    ),
    (0.85, r"\b(?:nun|jetzt) (?:folgen|neue|kommen)\b.{0,30}\b(?:aufgaben?|anweisungen)|\bneue[nr]? (?:aufgabe|anweisung)"),
    (
        0.9,
        (
            rf"\b{_DROP} (?:the |this |that |any )?(?:user|reader|human|customer|person)(?:'?s)? (?:\w+ )?(?:question|request|message"
            rf"|query"
            r"|instructions?|prompt|input)\b(?=[^.\n]{0,24}\b(?:and|but|instead|just|only)\b)"
        ),
    ),
    (
        0.8,
        (
            r"(?:모든|매)\s?(?:답변|응답|대답|출력)\S{0,2}[^.\n]{0,20}(?:https?:|링크|url|이미지|광고)[^\n]{0,60}(?:붙|넣|포함|추가|삽입|표시)"
            r"(?:하|해|여|이|어|을|일|할)"
        ),
    ),
    (
        0.85,
        (
            r"(?:없던\s?(?:걸|것으|거)로\s?(?:하|치)[^.\n]{0,20}|(?<![가-힣]))(?:내|나의|제)\s?(?:말|명령|지시)(?:만|에만)\s?(?:따르(?:라|고|면)|따른다|따라(?!서)"
            r"|들어(?!\s?(?:보"
            r"|주|줘|서))|들으라|복종)"
        ),
    ),
    (
        0.85,
        r"(?:위|앞|이전)[^.\n]{0,10}(?:예시|연습|테스트|장난|가짜)(?:였|이었|일\s?뿐)[^.\n]{0,16}(?:진짜|실제|본)\s?(?:과제|임무|질문|지시|작업|명령)",
    ),
    (
        0.85,
        (
            r"\b(?:ignore|disregard|forget) (?:the|any|all|whatever) (?:\w+ ){0,2}(?:that )?"
            r"you(?:'ve| have| were| are) (?:been )?(?:given|told)\b"
        ),
    ),
    # Told politely: rules that are to be laid aside for this one request.
    (
        0.8,
        (
            rf"\b(?:put|set|leave|lay|push) (?:away |aside )?(?:all )?(?:of )?your (?:\w+ ){{0,2}}{_ORDERS}(?: \w+){{0,2}}? (?:aside|to"
            rf" (?:one|the) side|behind"
            r"|down|away|at the door)\b"
        ),
    ),
    (
        0.8,
        (
            rf"(?:{_KO_OLD}|지켜)[^.\n]{{0,20}}(?:{_KO_ORDERS}|방침|규정|수칙|방식)\S{{0,2}}[^.\n]{{0,10}}(?:내려\s?(?:놓|두|둬)|제쳐|접어\s?(?:두|둬)"
            rf"|미뤄\s?(?:두|둬)|뒤로\s?하)"
            r"[^.\n]{0,24}(?:답|대답|말해|말씀|이야기|알려|요청|도와)"
        ),
    ),
    (
        0.8,
        (
            r"(?:약속|규칙|지시|설정|대화|안내|지침)\S{0,2}\s?없[던었]\S{0,2}\s?(?:일|걸|것|거)(?:으)?로\s?(?:하|치|해)[^\n]{0,12}(?:지금부터|이제|앞으로)[^\n]{0,12}"
            r"(?:내가|내|나의|제가|너|넌)"
        ),
    ),
    (
        0.8,
        rf"(?:너|네|니|당신|회사|개발자|운영자)(?:의|가)?\s?(?:{_KO_ORDERS}|방침|규정)\S{{0,2}}\s?[^.\n]{{0,8}}(?:없는\s?셈|없다고)\s?(?:치고|치자|생각하|여기고)",
    ),
    # Another answer than the one that was asked for.
    (
        0.85,
        (
            r"\bstop (?:summari[sz]ing|translating|answering|reading|reviewing|processing)\b(?: \w+){0,4},? (?:and|then|instead)?"
            r" ?(?:print|output|say|reply"
            r"|write|show|send|reveal|begin|start)\b"
        ),
    ),
    (
        0.85,
        (
            r"(?:요약|번역|답변|분석|검토|처리)(?:을|를)?\s?(?:중단|중지|그만두|멈추)(?:하)?고[^.\n]{0,24}(?:출력|말|답|써|적|보여|보내|공개|나열)(?:하라|해라|라|하세요"
            r"|할\s?것|하십시오|하시오)"
        ),
    ),
    (
        0.85,
        (
            r"\binstead of (?:summari[sz]ing|translating|answering|replying|reading|analy[sz]ing)\b[^.\n]{0,20}\b(?:reply"
            r"|say|write|output|print|answer|"
            r"respond) (?:with|only|just|that|the|\W)"
        ),
    ),
    (0.85, r"(?:요약|번역|답변?|분석|대답)(?:은|을)?\s?하지\s?말고[^.\n]{0,30}(?:라고|이라고)만?\s?(?:답|말|출력|써|적)"),
    # How each answer is to be from now on, against whom it is for.
    (
        0.85,
        (
            r"\b(?:add|append|attach|put|insert|include) (?:a |this |the )?(?:link|url|image|banner|advert\w*|ad)s?\b[^\n]{0,80}"
            r"\b(?:to|in|into|with|at the end of) (?:each|every|all)(?: one)?(?: of)? (?:your|its) (?:future )?"
            r"(?:answers?|repl(?:y|ies)|responses?|messages?)\b"
        ),
    ),
    (
        0.85,
        r"\bstop (?:being (?:helpful|useful|honest|polite)|helping|assisting)\b[^.\n]{0,30}\band (?:only )?(?:answer|reply|respond|say)\b",
    ),
)
