"""Forms of orders that are not the owner's to give, by kind: to drop instructions, to tell them, to carry data out, to use tools."""

from maru.guard.injection.foreign import FOREIGN

#: Whose instructions are meant, in English and Korean.
_OLD = (
    r"(?:previous|prior|earlier|preceding|above|former|past|original|initial|existing|current|old|all|any|every|other|these|those|your|the|"
    r"system|developer|given|last|foregoing)"
)
_ORDERS = (
    r"(?:instruct\w{0,6}|directions?|directives?|commands?|orders?|prompts?|rules?|guidelines?|guardrails?|polic(?:y|ies)|restrictions?|"
    r"constraints?|limitations?|tasks?|assignments?|context|messages?|training|programming|conversation|articles?|documents?|"
    r"information|safety (?:rules|guidelines|filters?|measures)|filters?)"
)
_DROP = (
    r"(?:ignore|ignoring|disregard(?:ing)?|forget(?:ting)?|overlook|override|overriding|bypass|drop|discard|neglect|abandon|cancel|delete|"
    r"erase|remove|do not (?:follow|obey)|don'?t (?:follow|obey)|stop (?:following|obeying)|leave behind|set aside|pay no attention to)"
)
_KO_ORDERS = r"(?:지시|명령|지침|규칙|프롬프트|설정|제한|제약|정책|안내|가이드라인|역할|대화|맥락|내용|조건|요청|원칙|말)"
_KO_OLD = r"(?:이전|앞선|앞서|위의?|위에|지금까지|기존|원래|처음|모든|시스템|지난|너의|당신의|네|개발자)"
_KO_DROP = r"(?:무시|잊|따르지\s?(?:마|말)|버려|버리|삭제|지워|취소|어겨|우회|해제|벗어나|초기화|신경\s?쓰지|듣지\s?마|무효)"
_HIDDEN = (
    r"(?:(?:system|initial|hidden|original|secret|internal|developer|full|entire|whole|complete|prompt|pre)[ \-]{1,3}){0,3}"
    r"(?:prompts?|instructions?|directives?|guidelines|configuration|rules|preamble|pre-?prompt|prompt[ \-]texts?"
    r"|(?<=system )messages?|(?<=developer )messages?)"
)
_KO_TELL = (
    r"(?:알려|보여|출력|말해|말하|공개|적어|써\s?(?:줘|라|봐|내|주)|복사|반복|읊|번역|요약|내놔|유출|드러|나열|읽어|변환"
    r"|인코딩|바꿔|정리해|들려|복창|되풀이|넣어|붙여|"
    r"뭐야|뭐니|뭐였|뭔지|무엇|뭐라고|어떻게\s?(?:되|시작)|그대로|전부|원문|한\s?글자)"
)
_KO_PROMPT = r"(?:프롬프트|지시\s?사항|지시문|지침|가이드라인|명령어|설정\s?(?:값|문구?|텍스트|내용)|안내문|지시|규칙|메시지)"
#: Writing prompts and rules well is a craft, and talked about.
_KO_CRAFT = r"(?![^.\n]{0,16}(?:쓰는|작성하는|작성|만드는|짜는|설계|다듬는|개선)[^.\n]{0,8}(?:법|방법|요령|팁|예시|원칙))"
#: Asking what such a thing is, where nobody's own is meant.
_KO_CONCEPT = (
    r"(?!\s?(?:이?란|(?:이라|라)는\s?(?:것|게|말|용어)|의\s?(?:뜻|의미|역할|정의|개념|차이|종류|길이|장점|단점|예)|"
    r"(?:이|가|은|는|을|를)?\s?(?:왜|어떤\s?(?:역할|뜻|의미|경우)|필요|중요|유출|도난|노출|탈취|훔치|(?:뭐|무엇|뭔)(?:야|예요"
    r"|에요|가요|인가요|인지|니|냐)?)))"
)
_KO_MODEL = r"(?:너|네|니|넌|당신|자네|챗봇|어시스턴트|인공지능|ai)(?:의|가|이|는|은|를|을|에게|한테|께)?"
_KO_SAID = r"(?:지침|지시\s?(?:사항|문)?|명령어?|규칙|프롬프트|역할|설정|메시지|가이드라인|안내문|설명|문장|텍스트|내용|조건|제약)"
_KO_GIVEN = (
    r"(?:받은|받았던|받고\s?있는|주어진|설정된|입력된|적용된|따르는|따르고\s?있는|설정한|설정하는|정해\s?둔|숨겨\s?(?:둔|진|놓은)"
    r"|숨긴|시작하게\s?한|움직이는)"
)
_DATA = (
    r"(?:user(?:'?s)? (?:name|input|data|question|message|e-?mail|answers?|details|address|id|location|query|request)|"
    r"conversation|chat(?: history)?|dialog(?:ue)?|history|(?:previous|last|above|earlier) (?:answers?|messages?|questions?"
    r"|replies|output)|"
    r"secrets?|passwords?|credentials?|(?:access |session )?tokens?|api[ _-]?keys?|cookies?|system prompt|instructions|"
    r"context|contents? of|document(?:'s)? text|private|confidential|internal notes?|inbox|contacts?|"
    r"everything (?:the user|you|above|said|that)|(?:first|full|last) name|(?:phone|card|account) number)"
)
_ADDRESS = r"(?:https?://|www\.|ftp://)"
_TELL = (
    r"(?:reveal|echo|show|print|output|display|repeat|tell|give|leak|expose|disclose|dump|recite|write (?:out|down)|share|send"
    r"|copy|list|spell[ -]?check|translate|summari[sz]e|encode|return|paste)"
)

#: Behind a name of models, that they are told to do something: lists and headings have the same names.
_TOLD = (
    r"(?=[^\n]{0,120}(?:\b(?:you|your|must|should|shall|ignore|disregard|forget|please|do not|don'?t|never|always|recommend|rate|say|reply|"
    r"answer|respond|summari[sz]e|mark|give|send|include|append|tell|write|output|print|show|reveal)\b|"
    r"(?:하|해|거|너|리|시|내|키|되|여|려|아|어|으|워|줘)라(?![가-힣])|세요|십시오|시오|줘|마라|지\s?마|말\s?것|할\s?것|않는다|한다))"
)

#: Kind, score, pattern. Every gap is bounded, so that each reads a text in linear time.
FORMS: tuple[tuple[str, float, str], ...] = (
    (
        "override",
        0.95,
        rf"\b{_DROP}\b(?: \w+){{0,3}}? {_OLD}\b(?:[ ,]{{1,2}}(?:of|the|your|my|to|{_OLD[3:-1]})){{0,5}} (?:\w+ ){{0,2}}{_ORDERS}\b",
    ),
    (
        "override",
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
        "override",
        0.85,
        (
            rf"(?:^|[.!?;:\n]\s*|\b(?:now|please|then|just|and|but)[, ]+){_DROP} (?:everything|(?:all )?(?:the )?(?:above|previous"
            r"|prior))(?=\s*(?:[,.!;:\n]|$|and\b|say\b|print\b|write\b))"
        ),
    ),
    (
        "override",
        0.9,
        (
            r"\b(?:new|updated|revised|real|actual|additional|further|different) (?:system )?(?:instructions?|tasks?|orders|rules"
            r"|prompt|directives?|assignment)s?\b(?: (?:are|is|will|now|follow\w*|come|as)\b|\s{0,2}:|[.!] )"
        ),
    ),
    (
        "override",
        0.85,
        (
            r"\b(?:instead of|rather than) (?:following|obeying|answering|doing) (?:the|your|any|those) (?:\w+ )?(?:instructions?"
            r"|rules|question|task|prompt)"
        ),
    ),
    (
        "override",
        0.85,
        (
            r"\b(?:do not|don'?t|never|stop) (?:answer|use|follow|process|summari[sz]e|consider|translate)(?:ing)? (?:the|this|that"
            r"|your|any|my) (?:\w+ )?(?:question|instructions?|document|email|text|articles?|task|prompt|context)\b.{0,60}\b(?:just"
            r"|but|instead|only|rather)\b"
        ),
    ),
    (
        "override",
        0.85,
        (
            r"\b(?:your|the) (?:previous|original|earlier|old|initial|current) (?:instructions?|task|prompt|rules|role) (?:(?:is|are"
            r"|was|were|has|have) )?(?:been )?(?:now )?(?:void|cancell?ed|over|finished|complete|superseded|replaced|no longer|invalid"
            r"|obsolete|outdated|done)\b"
        ),
    ),
    ("override", 0.85, r"\b(?:focus|concentrate)(?: now)? on (?:your|the|this|a) new (?:task|assignment|job|instructions?)"),
    ("override", 0.8, r"\b(?:start|begin) (?:over|anew|from (?:scratch|new|the front|the beginning))\b.{0,40}\bnew (?:task|instructions?)"),
    ("override", 0.9, rf"(?!{_KO_OLD}\s?설정(?:\s?값)?\S{{0,2}}\s?초기화){_KO_OLD}[^.\n]{{0,20}}?{_KO_ORDERS}[^.\n]{{0,16}}?{_KO_DROP}"),
    (
        "override",
        0.9,
        (
            r"(?:(?:모두|전부|모든\s?것|모든\s?걸|다|싹|지금까지|방금)[^.\n]{0,14}|(?:앞의|위의|이전)\s?(?:것|거|걸|내용|말"
            r"|대화|얘기|이야기)?(?:은|는|을|를|도|들은|들을)?\s?(?:모두"
            r"|전부|다|싹|그냥|완전히)?\s?)(?:무시|잊어|잊고|잊으|지워|초기화)(?:하|해|버|라|주|고|세|시|십|\b)"
        ),
    ),
    (
        "override",
        0.85,
        (
            rf"{_KO_ORDERS}(?:을|를|은|는|이|가|들을|사항을|따위는|\s?같은\s?(?:건|거|것|거는|것은))?\s?(?:모두|전부|다|싹"
            rf"|완전히)?\s?(?:무시|잊어|따르지\s?(?:마|말)"
            r"|신경\s?쓰지\s?(?:마|말)|어기|어겨)(?:아|하고|하라|해라|해줘|해|하세요|하십시오|하시|고|라|버려)?"
        ),
    ),
    (
        "override",
        0.85,
        (
            r"(?<!관한\s)(?<!대한\s)(?:새로운|새|변경된|추가|진짜|실제)\s?(?:지시|명령|지침|임무|과제|작업|규칙|프롬프트)(?:\s?사항)?(?:은|는|이|가|를"
            r"|을)?\s?(?:다음|아래|:|：|따르|따라|수행|이다|입니다|시작)"
        ),
    ),
    (
        "override",
        0.85,
        (
            r"(?:vergiss|vergessen sie|ignorier\w{0,3}(?: sie)?|olvid[ae]\w?|ignor[ae]|oublie[zr]?|ignore[zr]|dimentica"
            r"|zaboravi)\b.{0,40}\b(?:alle[sn]?|tod[oa]s?|tout\w{0,2}|sve|davor|anweisungen|aufgaben|aufträge|befehle|instruc\w+"
            r"|vorherigen|bisherigen|pr[eé]c[eé]dent\w*|anteriores)"
        ),
    ),
    (
        "override",
        0.9,
        (
            r"(?:忽略|无视|無視|忘记|忘掉|不要遵守|不要理会)[^。\n]{0,12}(?:之前|以上|先前|前面|上面|所有|一切"
            r"|原有)[^。\n]{0,10}(?:指令|指示|提示|命令|规则|要求|设定)|(?:これまで|以前|上記|前"
            r"|すべて|全て)[^。\n]{0,14}(?:指示|命令|ルール|プロンプト|設定)[^。\n]{0,8}(?:無視|忘れ|破棄)"
        ),
    ),
    (
        "prompt_theft",
        0.9,
        (
            r"(?:输出|显示|告诉|打印|翻译|重复|泄露)[^。\n]{0,10}(?:系统|初始|隐藏)[^。\n]{0,4}(?:提示|指令|设定)|(?:システム"
            r"|初期|内部)\s?プロンプト[^。\n]{0,10}(?:表示|出力|教えて"
            r"|見せて|翻訳)"
        ),
    ),
    (
        "override",
        0.8,
        (
            r"(?:^|[.!?;:,\n]\s*|\b(?:now|please|then|and|must|to) )(?:override|bypass|disable|turn off|ignore|deactivate|circumvent"
            r"|disregard|suspend|drop)\b (?:\w+ ){0,2}(?:safety|content|ethical|moral|security) (?:protocols?|filters?|guidelines?"
            r"|checks?|measures?|guardrails?|restrictions?|polic(?:y|ies)|settings|constraints?)\b(?! (?:in|on|of|for) (?:my|the|a"
            r"|an)\b)"
        ),
    ),
    ("override", 0.85, r"\b(?:nun|jetzt) (?:folgen|neue|kommen)\b.{0,30}\b(?:aufgaben?|anweisungen)|\bneue[nr]? (?:aufgabe|anweisung)"),
    (
        "jailbreak",
        0.9,
        (
            r"\b(?:dan|developer|god|jailbreak|unrestricted|evil|debug|sudo|admin|root|maintenance|dev) mode\b(?:.{0,40}\b(?:enabled?"
            r"|on|activated?|activate|unlocked)|\s*[:!])|\b(?:enable|activate|enter|switch to|turn on|unlock|engage"
            r"|go into)\b.{0,24}\b(?:dan|developer|god|jailbreak|unrestricted|evil|debug|sudo|admin|root|dev) mode\b"
            r"|\bdo anything now\b"
        ),
    ),
    (
        "jailbreak",
        0.85,
        (
            r"\b(?:you are|you're|act|behave|respond|pretend|play|answer|roleplay|role-play|imagine)\b.{0,80}\b(?:without|no"
            r"|free (?:of|from)|not bound by|unbound by|ignor\w+|regardless of|don'?t have|do not have"
            r"|freed from)\b.{0,24}\b(?:restrict\w+|rules|filters?|limit\w*|guidelines|censor\w*|ethic\w*|moral\w*|polic\w+"
            r"|content policy|constraints|safety)\b"
        ),
    ),
    (
        "jailbreak",
        0.85,
        (
            r"\b(?:pretend|act|imagine|roleplay|you are|you're|play)\b.{0,30}\b(?:an?|the) (?:evil|unfiltered|uncensored|unrestricted"
            r"|amoral|unethical|jailbroken|rogue|malicious|hacked|lawless|unaligned) (?:\w+ )?(?:ai|assistant|bot|chatbot|model|gpt"
            r"|chatgpt|language model|version|hacker|twin)\b"
        ),
    ),
    ("jailbreak", 0.8, r"\b(?:you have|you've|you were) (?:been )?(?:freed|jailbroken|unlocked|liberated|released)\b.{0,60}"),
    (
        "jailbreak",
        0.8,
        (
            r"\b(?:you )?(?:can|must|will|are to|should) (?:never|not) (?:refuse|reject|decline|say no|deny)\b"
            r"|\bnever refuse\b.{0,40}\b(?:request|question|order|command|ask)|\bno (?:warnings?|disclaimers?|refusals?"
            r"|apologies)\b.{0,30}\b(?:just|only|answer)"
        ),
    ),
    (
        "jailbreak",
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
        "jailbreak",
        0.7,
        (
            r"\bi want you to (?:act|behave|pretend|roleplay|respond|play)\b|\bact as (?:a|an|the|my|if)\b.{0,40}\b(?:interpreter"
            r"|terminal|console|shell|persona|jailbr\w+|debater|virtual machine)\b|\byou (?:are|will be) (?:now )?(?:role-?playing"
            r"|acting|going to act|playing the (?:role|part)) (?:as|of)\b"
        ),
    ),
    (
        "jailbreak",
        0.75,
        (
            r"\b(?:stay|remain|keep) in (?:character|(?:your|their|his|her) roles?)\b|\bwithout (?:even )?(?:ever )?(?:falling out of"
            r"|breaking) (?:the |your |their )?(?:role|character)"
        ),
    ),
    (
        "jailbreak",
        0.85,
        (
            r"(?:제한|규칙|검열|필터|윤리|도덕|정책|제약|가이드라인|안전장치)[^.\n]{0,12}(?:없는|없이|벗어난|무시하는|해제된"
            r"|풀린|상관없이|얽매이지)[^.\n]{0,30}(?:ai|인공지능|챗봇|모델|비서|답"
            r"|대답|응답|말해|행동|역할|gpt|캐릭터|존재|어시스턴트)"
        ),
    ),
    (
        "jailbreak",
        0.85,
        (
            r"(?:탈옥|개발자|관리자|디버그|점검|무제한|dan|디엠|루트|신)\s?모드(?:로|를|을|가|에)?(?![^.\n]{0,24}(?:어떻게|방법"
            r"|[는할]\s?법))[^.\n]{0,14}(?:전환|활성|켜|진입|들어가|변경"
            r"|바꾸|바꿔|시작|작동|on|돌입)"
        ),
    ),
    (
        "jailbreak",
        0.75,
        (
            r"(?:지금부터|이제부터|앞으로|이제)\s?(?![^.\n]{0,40}(?:고객|회원|구성원|직원|사원|팀원|합격자?|당첨자?|구독자|가족)(?:입니다|이다|이야|야))(?:너는|넌|당신은|네가|니가|너의)[^.\n]{0,60}(?:이다|이야|야|입니다|역할|처럼"
            r"|행동|된다|답해|대답|답변|말해|연기)"
        ),
    ),
    (
        "jailbreak",
        0.75,
        (
            r"(?:거부|거절)하지\s?(?:말고|마|마라|말아|않고|않는)[^.\n]{0,30}(?:답|대답|말해|알려|응답|수행)|무조건\s?(?:답|대답"
            r"|복종|따라|따르)"
        ),
    ),
    (
        "prompt_theft",
        0.9,
        (
            rf"\b{_TELL}\b(?: (?:me|us|back|out|to me|exactly|verbatim|word for word|all|of|everything|the|a copy of|contents? of"
            rf"|in)){{0,4}} (?:your|the (?:system|initial|hidden|original|secret|full|entire|above|previous|developer)|its"
            rf"|all (?:of )?your|all)(?: (?:above|previous))? {_HIDDEN}\b(?! (?:for \w+ing|on how|in the manual|from the manual)\b)"
        ),
    ),
    (
        "exfiltration",
        0.85,
        (
            r"\b(?:reply|respond|answer)\b.{0,16}\bwith (?:only |just |nothing but )?(?:the|your) (?:\w+ ){0,2}(?:api keys?|passwords?"
            r"|secrets?|credentials|system prompt)\b"
        ),
    ),
    (
        "prompt_theft",
        0.85,
        (
            rf"\b{_TELL}\b.{{0,60}}\b(?:before|until|up to|and|to|preceding|prior to|above) my (?:very )?first (?:message|question"
            r"|input|prompt|turn)\b"
        ),
    ),
    (
        "prompt_theft",
        0.85,
        (
            r"(?:대화|채팅|세션|프롬프트|컨텍스트)\s?(?:의\s?)?(?:맨|가장|제일)\s?(?:위|앞|처음)\S{0,2}\s?(?:뭐라고|무슨|뭐가"
            r"|무엇이|어떤)[^.\n]{0,12}(?:써|쓰|쓴|적|있|나와)"
        ),
    ),
    (
        "prompt_theft",
        0.85,
        (
            r"\bwhat (?:is|are|was|were|does|do)\b.{0,20}\b(?:your|the) (?:(?:exact|full|initial|original|hidden|secret|previous|first"
            r"|current|above) ){0,2}(?:system )?(?:prompt|instructions?|directives?|guidelines|system message)\b(?! (?:for|to|of"
            r"|on) (?:the|using|assembl|install|a\b))"
        ),
    ),
    (
        "prompt_theft",
        0.85,
        (
            r"\b(?:what|everything|text|words|anything|lines?|message)\b.{0,20}\b(?:written|was said|stated|stands?|appears?|comes?|is"
            r"|were)\b.{0,20}\b(?:above|before this|at the (?:beginning|start|top) of (?:this|the) (?:prompt|conversation|chat"
            r"|message))"
        ),
    ),
    (
        "prompt_theft",
        0.85,
        (
            rf"\b{_TELL} (?:back )?(?:everything|all|the (?:text|words|content|lines?|sentences?))(?: \w+){{0,2}} (?:above|before this"
            r"|preceding|prior to)\b|\b(?:show|print|output|copy of) (?:me )?(?:all )?(?:your"
            r"|the) (?:full |entire |whole )?prompts?(?:[ -]texts?)?\b"
        ),
    ),
    (
        "prompt_theft",
        0.9,
        (
            rf"(?:내부|전체)\s?(?:의\s?)?(?:시스템\s?)?{_KO_PROMPT}{_KO_CRAFT}[^.\n]{{0,26}}(?:출력|복사|반복|읊|유출|드러"
            rf"|인코딩|변환|base64|복창|되풀이|그대로|원문"
            r"|한\s?글자)"
        ),
    ),
    ("prompt_theft", 0.9, rf"{_KO_MODEL}\s?[^.\n]{{0,14}}?{_KO_GIVEN}\s?[^.\n]{{0,10}}{_KO_SAID}[^.\n]{{0,30}}{_KO_TELL}"),
    (
        "prompt_theft",
        0.85,
        (
            rf"{_KO_MODEL}\s?[^.\n]{{0,10}}(?:어떤|무슨)\s?[^.\n]{{0,6}}(?:지시|지침|명령|규칙|프롬프트|제약)\S{{0,4}}\s?(?:받|따르"
            rf"|주어|설정|입력|적용|있)"
        ),
    ),
    (
        "prompt_theft",
        0.85,
        (
            r"(?:개발자|운영자|관리자|제작자|만든\s?(?:사람|회사)|시스템)(?:가|이|에서|는|은)?\s?[^.\n]{0,10}(?:너|네|니|당신"
            r"|챗봇|ai)(?:에게|한테|게)\s?[^.\n]{0,16}(?:뭐라|무슨"
            r"|어떤|무엇|지시|명령|입력|적어|써)[^.\n]{0,20}(?:했|말|알려|보여|둔|놓은|공개|적|썼)"
        ),
    ),
    (
        "prompt_theft",
        0.85,
        (
            r"(?:대화|채팅|세션|프롬프트|컨텍스트|입력창?)(?:의|에서|에)?\s?(?:맨\s?|가장\s?|제일\s?)?(?:첫|처음|최초|위|앞)"
            r"(?:\s?번째)?(?:의|에)?\s?(?:있는\s?|나온\s?|적힌\s?"
            rf"|쓰인\s?)?(?:메시지|문장|줄|텍스트|내용|지시|입력|부분|글)[^.\n]{{0,26}}{_KO_TELL}"
        ),
    ),
    (
        "prompt_theft",
        0.85,
        (
            rf"(?:대화|채팅|세션)(?:가|이|를|을)?\s?시작(?:되기|하기|되)?\s?(?:이?전|도\s?전)에?[^.\n]{{0,30}}(?:지시|입력|받은"
            rf"|적힌|있는|들은|뭐|무엇|내용|설정"
            rf"|텍스트)[^.\n]{{0,24}}(?:{_KO_TELL}|했)"
        ),
    ),
    (
        "prompt_theft",
        0.85,
        (
            r"(?:말하지|답하지|대답하지|언급하지|공개하지|알려\s?주지|밝히지)\s?(?:말라고|말라는|않도록|못하게|않기로)\s?"
            r"(?:지시|명령|설정|하는?\s?(?:지시|규칙)|되어|들은|들었|받|한"
            r"|정해)[^.\n]{0,30}(?:알려|나열|말해|뭐|무엇|목록|전부|보여|공개|주제|내용)"
        ),
    ),
    (
        "prompt_theft",
        0.85,
        (
            rf"(?:지금까지|여기까지|여태)\s?(?:받은|입력된|주어진|들은)\s?(?:모든\s?)?(?:입력|지시|메시지|텍스트|내용|명령)"
            rf"[^.\n]{{0,20}}{_KO_TELL}"
        ),
    ),
    (
        "prompt_theft",
        0.85,
        (
            rf"(?:개발자|운영자|관리자|제작자)(?:가|이|의)?\s?[^.\n]{{0,8}}(?:숨겨\s?(?:둔|놓은|진)|숨긴|비공개로\s?(?:한|둔)"
            rf"|몰래\s?(?:넣은"
            rf"|적은))\s?[^.\n]{{0,8}}{_KO_SAID}[^.\n]{{0,26}}{_KO_TELL}"
        ),
    ),
    (
        "prompt_theft",
        0.85,
        (
            r"(?:위에|앞에|이\s?(?:문장|대화|메시지)\s?(?:앞|위)에?|처음에|대화\s?시작\s?전에?)\s?(?:적힌|쓰인|있는|나온"
            r"|입력된|(?:받은|주어진)(?=\s?(?:모든\s?)?(?:지시|지침|명령|규칙"
            r"|프롬프트|메시지|텍스트|입력|내용|문장|설정|역할|것|거|걸|글|말))|적혀)[^.\n]{0,20}(?:그대로|전부|모두|출력|반복"
            r"|보여|알려|복사|말해)"
        ),
    ),
    (
        "exfiltration",
        0.9,
        (
            r"!\[[^\]\n]{0,200}\]\(\s{0,3}<?https?://[^)\s]{1,500}(?:\{|\$|%7b|=\s?\[|<|[?&](?:q|d|data|s|secret|payload|content|info"
            r"|text|prompt|history|chat|token|c|leak|msg)=)"
        ),
    ),
    (
        "exfiltration",
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
        "exfiltration",
        0.8,
        (
            r"\b(?:render|display|load|insert|include|show|fetch|add|embed)\b.{0,30}\b(?:image|img|pixel|iframe"
            r"|link)\b.{0,60}https?://.{0,120}\b(?:append|replac\w+|followed by|with the|containing|encoded?|where|parameter|query"
            r"|concatenat\w+)"
        ),
    ),
    (
        "exfiltration",
        0.85,
        (
            r"\b(?:append|add|put|insert|include|place|attach|concatenat\w+|encode|embed|paste|write|copy|send|post|pass|report|submit"
            rf"|leak)\b.{{0,60}}\b{_DATA}\b.{{0,60}}\b(?:to|into|in|at|after|behind|onto|as|on|via|through)\b.{{0,30}}(?:\b(?:url|link"
            rf"|query(?: string)?|parameters?|webhook|endpoint|image address|image source)\b|{_ADDRESS})"
        ),
    ),
    (
        "exfiltration",
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
        "exfiltration",
        0.85,
        (
            rf"\b(?:use|put|place|turn|encode|hide|smuggle|embed)\b.{{0,60}}\b{_DATA}\b.{{0,60}}\b(?:as|in|into"
            r"|inside) (?:the |a |its |an |part of the )?(?:sub-?domain|host ?name|file ?name|path|query(?: string)?|link"
            r"|image(?: (?:url|address|source|tag))?|url|markdown|dns|alt text)\b"
        ),
    ),
    (
        "exfiltration",
        0.85,
        (
            rf"{_ADDRESS}[^\s]{{1,300}},?\s.{{0,24}}\b(?:followed by|plus|with|adding|append(?:ing|ed)?|containing|where|replacing"
            rf"|carrying|including|concatenated with)\b.{{0,50}}\b{_DATA}\b"
        ),
    ),
    (
        "exfiltration",
        0.85,
        (
            r"\b(?:show|render|display|load|fetch|open|visit|include|insert|image|picture|img|link|browse|navigate|request|click|call"
            rf"|embed)\b.{{0,60}}{_ADDRESS}[^\s]{{0,200}}(?:\[|\{{|<|%7b|\$\(?)\s?{_DATA}"
        ),
    ),
    (
        "exfiltration",
        0.85,
        (
            rf"\b(?:make|send|issue|perform|do|trigger|fire)\b.{{0,20}}\b(?:get|post|http|web|network|api|curl)?\s?(?:requests?|calls?"
            rf"|ping)\b.{{0,60}}(?:{_ADDRESS}|\bserver\b).{{0,100}}\b{_DATA}\b"
        ),
    ),
    ("exfiltration", 0.85, rf"\breplace\b.{{0,40}}\b(?:in|of)\b.{{0,20}}{_ADDRESS}.{{0,160}}\b(?:with|by)\b.{{0,30}}\b{_DATA}\b"),
    (
        "exfiltration",
        0.85,
        (
            r"\b(?:cc|bcc|copy|forward|redirect)\b.{0,40}[\w.+-]{1,64}@[\w-]{1,63}\.\w.{0,30}\b(?:on|in|to) (?:every|all|each|any"
            r"|your)\b|\b(?:cc|bcc|copy|forward|redirect|relay|mirror)\b.{0,30}\b(?:every|all|each|this|any|the (?:whole|entire|full)"
            r"|your)\b.{0,30}\b(?:messages?|conversations?|replies|answers?|chats?|responses?|sessions?"
            r"|transcripts?)\b.{0,40}\bto\b.{0,20}[\w.+-]{1,64}@[\w-]{1,63}\.\w"
        ),
    ),
    (
        "exfiltration",
        0.85,
        (
            rf"\b(?:ask|tell|urge|get|instruct|persuade|convince|direct|have)\b.{{0,12}}\b(?:user|reader|customer"
            rf"|person)s?\b.{{0,40}}\b(?:password|passcode|card (?:number|details)|credit card|credentials|log-?in|ssn|social security"
            rf"|pin|api keys?|tokens?|one-time code|seed phrase)\b.{{0,80}}(?:{_ADDRESS}|[\w.+-]{{1,64}}@[\w-]{{1,63}}\.\w|\b(?:send"
            r"|forward|post|submit|pass) (?:it|them|that)\b)"
        ),
    ),
    (
        "exfiltration",
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
        "exfiltration",
        0.85,
        (
            r"(?:https?://|www\.|[\w.+-]+@[\w-]+\.\w)[^\n]{0,80}(?:비밀번호|암호|대화|개인\s?정보|api\s?키|토큰|기밀|프롬프트"
            r"|고객|내부|사용자|주소록|연락처|메일"
            r"|파일)[^.\n]{0,40}(?:보내|전송|전달|첨부|업로드|붙여|담아|유출|넣어|게시)"
        ),
    ),
    (
        "tool_abuse",
        0.85,
        (
            r"\b(?:call|invoke|use|run|execute|trigger|launch)\b(?: (?:the|a|your|this|following|tool|function|command|api|plugin"
            r"|named|called)){0,4} [`'\"]?(?:\w*(?:delete|drop|transfer|send|shell|exec|bash|sql|payment|purchase|admin|email|write"
            r"|remove|http|fetch|refund|wire)\w*)[`'\"]?(?:\(| (?:tool|function|command|plugin|api|with (?:the )?(?:arg|param|to)))"
        ),
    ),
    (
        "tool_abuse",
        0.8,
        (
            r"\b(?:without|do not|don'?t|never) (?:ask(?:ing)?(?: for)?|requir\w+|tell(?:ing)?|inform(?:ing)?|notify\w*|mention\w*"
            r"|wait\w*(?: for)?)\b.{0,20}\b(?:the user|user'?s?|anyone|confirmation|approval|permission|consent"
            r"|them)\b(?! for (?:\w+ ){0,2}(?:pass\w+|pins?|cards?|codes?|credentials|money|payments?|numbers?)\b)"
        ),
    ),
    (
        "tool_abuse",
        0.85,
        (
            r"(?:사용자|고객|유저)(?:에게|한테|의)?\s?(?:는\s?)?(?:알리지|말하지|묻지|확인\s?(?:하지|없이)|승인\s?없이"
            r"|동의\s?없이|허락\s?없이|모르게|언급하지)|(?:확인|승인|허락"
            r"|동의)\s?(?:을|를|절차를?)?\s?(?:없이|받지\s?말고|생략하고|건너뛰고)[^.\n]{0,30}(?:실행|삭제|송금|전송|보내|호출"
            r"|이체|결제|처리|승인)"
        ),
    ),
    (
        "tool_abuse",
        0.85,
        (
            r"(?:도구|함수|툴|api|명령|플러그인|쉘|셸)(?:을|를|로)?\s?[^.\n]{0,20}(?:호출|실행|사용|이용)[^.\n]{0,14}(?:삭제"
            r"|송금|이체|전송|보내|지워|유출|결제|초기화)|(?:삭제|송금"
            r"|이체|전송)\w{0,4}\s?(?:도구|함수|툴|api)[^.\n]{0,8}(?:호출|실행)(?:해|하라|하세요|하십시오|할 것)"
        ),
    ),
    (
        "delimiter",
        0.9,
        (
            r"<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id|end_header_id|begin_of_text)\|>|\[/?inst\]"
            r"|<</?sys>>|<start_of_turn>|<end_of_turn>"
        ),
    ),
    (
        "delimiter",
        0.85,
        (
            r"(?:^|\n|\s{2})\s{0,5}(?:#{1,6}|-{3,}|={3,}|\*{2,3}|<|\[|\{)\s?/?(?:end of |begin(?:ning of)? |new |start )?(?:system"
            r"|developer|admin(?:istrator)?|시스템|관리자|개발자)(?: (?:prompt|message|instructions?|override|note|프롬프트"
            r"|메시지|지시))?\s?(?:\*{2,3}"
            r"|-{3,}|={3,}|#{1,6}|>|\]|:|\})"
        ),
    ),
    (
        "delimiter",
        0.75,
        (
            r"(?:^|\n)\s{0,5}(?:system|시스템|developer)(?: (?:prompt|message|override|메시지|프롬프트|지시))?\s?[:：]\s?(?=\S)"
            r"(?!(?:your|the) (?:mailbox|inbox|password|account|disk|storage|session|licen[sc]e|subscription|computer|device|printer|"
            r"server|backup|update|order|request|file|trial|battery)\b)|(?:^"
            r"|\n)\s{0,3}(?:-{3,}|={3,}|#{3,})\s?(?:end|new|begin|stop|끝|새)\b.{0,40}(?:-{3,}|={3,}|#{3,}|$)"
        ),
    ),
    (
        "delimiter",
        0.7,
        r"(?:^|\n)\s{0,3}(?:human|assistant|user|사용자|어시스턴트)\s?:\s?.{0,200}(?:\n|\s)(?:human|assistant|user|사용자|어시스턴트)\s?:",
    ),
    (
        "addressed",
        0.85,
        (
            r"\b(?:attention|note|notice|message|important|hey|hello|dear|instructions?"
            r"|reminder)\b.{0,12}\b(?:to |for )?(?:the |any |all |every )?(?:ai|llm|language models?|chatbots?|chat ?gpt|gpt(?:-\d)?"
            r"|ai assistants?|ai (?:models?|agents?|systems?)|virtual assistant)\b\s{0,2}[,:!\-]|\bif you(?:'re| are) (?:an? )?(?:ai"
            r"|llm|language model|chatbot|assistant|large language model|automated|bot)\b"
        ),
    ),
    (
        "addressed",
        0.85,
        (
            r"(?<![a-z])(?:ai|인공지능|챗봇|언어\s?모델|어시스턴트|llm|gpt|챗\s?gpt|모델)(?:에게|야|아|님|은|는|에\s?대한)?\s?(?:지시"
            r"|명령|알림|전달|안내\s?사항|필독|주의|메모|공지)?\s?[,:!：]"
            rf"{_TOLD}|(?:이\s?(?:문서|글|메일|문장|내용|페이지)(?:을|를)\s?(?:읽는|처리하는|요약하는|분석하는|번역하는)|당신이|네가"
            r"|너가)\s?(?:ai|인공지능|챗봇|언어\s?모델|어시스턴트|llm|모델|비서)"
        ),
    ),
    (
        "override",
        0.9,
        (
            rf"\b{_DROP} (?:the |this |that |any )?(?:user|reader|human|customer|person)(?:'?s)? (?:\w+ )?(?:question|request|message|query"
            r"|instructions?|prompt|input)\b(?=[^.\n]{0,24}\b(?:and|but|instead|just|only)\b)"
        ),
    ),
    (
        "addressed",
        0.85,
        (
            r"\b(?:ai|llms?|language models?|chatbots?|ai (?:assistants?|agents?|models?|systems?)|llm agents?|copilots?|gpt) "
            r"(?:reading|processing|summari[sz]ing|analy[sz]ing|parsing|reviewing|indexing|translating|that reads?|who reads?) "
            r"(?:this|these|the (?:page|document|file|text|e-?mail|ticket|transcript))\b[^.\n]{0,40}?(?:[:,]|\b(?:must|should|shall|please"
            r"|needs? to|are to|is to|has to|have to)\b)"
        ),
    ),
    (
        "addressed",
        0.85,
        (
            r"(?:<!--|/\*|(?:^|\n)\s{0,8}(?:#|//|--))\s{0,4}(?:(?:note|message|instructions?) (?:to|for) "
            r"|to |dear |hey |hi )?(?:the |any )?(?:ai|llm|assistant|chatbot|language model|copilot"
            r"|ai (?:assistant|agent|model)|인공지능|챗봇|어시스턴트|언어\s?모델)"
            r"(?:s|에게|는|은|가)?\s?[:,：]"
        ),
    ),
    (
        "addressed",
        0.85,
        (
            r"(?:(?<![a-z])ai|인공지능|챗봇|언어\s?모델|llm|gpt|어시스턴트|에이전트)(?:는|은|가|이)\s[^.\n]{0,60}(?:말고|않고|무시하고)"
            r"[^.\n]{0,40}(?:답|대답|출력|말|작성|보고|표시|적)(?:하라|해라|하세요|하십시오|하시오|으라|을\s?것|할\s?것)"
        ),
    ),
    (
        "addressed",
        0.85,
        (
            r"(?:display\s?:\s?none|visibility\s?:\s?hidden|font-size\s?:\s?0(?![.\d]*[1-9])|opacity\s?:\s?0(?![.\d]*[1-9]))[^>\n]{0,80}>"
            r"[^<\n]{0,80}?(?:\b(?:when (?:summari|translat|answer|describ)|you (?:must|should|are)|ignore|disregard|tell the|reply|respond"
            r"|answer with|assistant|ai model|llm)|요약할|답하|답변|무시하|출력하|말하)"
        ),
    ),
    (
        "override",
        0.8,
        (
            r"(?:모든|매)\s?(?:답변|응답|대답|출력)\S{0,2}[^.\n]{0,20}(?:https?:|링크|url|이미지|광고)[^\n]{0,60}(?:붙|넣|포함|추가|삽입|표시)"
            r"(?:하|해|여|이|어|을|일|할)"
        ),
    ),
    ("delimiter", 0.8, r"(?:<(?:user|human|assistant|ai)>[^<]{0,400}</(?:user|human|assistant|ai)>\s{0,4}){4}"),
    *FOREIGN,
)
