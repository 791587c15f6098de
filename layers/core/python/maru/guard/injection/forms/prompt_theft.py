"""What asks a model for the words that it was given."""

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
_KO_MODEL = r"(?:너|네|니|넌|당신|자네|챗봇|어시스턴트|인공지능|ai)(?:의|가|이|는|은|를|을|에게|한테|께)?"
_KO_SAID = r"(?:지침|지시\s?(?:사항|문)?|명령어?|규칙|프롬프트|역할|설정|메시지|가이드라인|안내문|설명|문장|텍스트|내용|조건|제약)"
_KO_GIVEN = (
    r"(?:받은|받았던|받고\s?있는|주어진|설정된|입력된|적용된|따르는|따르고\s?있는|설정한|설정하는|정해\s?둔|숨겨\s?(?:둔|진|놓은)"
    r"|숨긴|시작하게\s?한|움직이는)"
)
_TELL = (
    r"(?:reveal|echo|show|print|output|display|repeat|tell|give|leak|expose|disclose|dump|recite|write (?:out|down)|share|send"
    r"|copy|list|spell[ -]?check|translate|summari[sz]e|encode|return|paste)"
)
_BY_WHOM = r"(?:developers?|operators?|creators?|makers?|owners?|admins?|openai|engineers?)"

ROWS: tuple[tuple[float, str], ...] = (
    (
        0.9,
        (
            r"(?:输出|显示|告诉|打印|翻译|重复|泄露)[^。\n]{0,10}(?:系统|初始|隐藏)[^。\n]{0,4}(?:提示|指令|设定)|(?:システム"
            r"|初期|内部)\s?プロンプト[^。\n]{0,10}(?:表示|出力|教えて"
            r"|見せて|翻訳)"
        ),
    ),
    (
        0.9,
        (
            rf"\b{_TELL}\b(?: (?:me|us|back|out|to me|exactly|verbatim|word for word|all|of|everything|the|a copy of|contents? of"
            rf"|in)){{0,4}} (?:your|the (?:system|initial|hidden|original|secret|full|entire|above|previous|developer)|its"
            rf"|all (?:of )?your|all)(?: (?:above|previous))? {_HIDDEN}\b(?! (?:for \w+ing|on how|in the manual|from the manual)\b)"
        ),
    ),
    (
        0.85,
        (
            rf"\b{_TELL}\b.{{0,60}}\b(?:before|until|up to|and|to|preceding|prior to|above) my (?:very )?first (?:message|question"
            r"|input|prompt|turn)\b"
        ),
    ),
    (
        0.85,
        (
            r"(?:대화|채팅|세션|프롬프트|컨텍스트)\s?(?:의\s?)?(?:맨|가장|제일)\s?(?:위|앞|처음)\S{0,2}\s?(?:뭐라고|무슨|뭐가"
            r"|무엇이|어떤)[^.\n]{0,12}(?:써|쓰|쓴|적|있|나와)"
        ),
    ),
    (
        0.85,
        (
            r"\bwhat (?:is|are|was|were|does|do)\b.{0,20}\b(?:your|the) (?:(?:exact|full|initial|original|hidden|secret|previous|first"
            r"|current|above) ){0,2}(?:system )?(?:prompt|instructions?|directives?|guidelines|system message)\b(?! (?:for|to|of"
            r"|on) (?:the|using|assembl|install|a\b))"
        ),
    ),
    (
        0.85,
        (
            r"\b(?:what|everything|text|words|anything|lines?|message)\b.{0,20}\b(?:written|was said|stated|stands?|appears?|comes?|is"
            r"|were)\b.{0,20}\b(?:above|before this|at the (?:beginning|start|top) of (?:this|the) (?:prompt|conversation|chat"
            r"|message))"
        ),
    ),
    (
        0.85,
        (
            rf"\b{_TELL} (?:back )?(?:everything|all|the (?:text|words|content|lines?|sentences?))(?: \w+){{0,2}} (?:above|before this"
            r"|preceding|prior to|(?:since|from|between) the (?:very )?(?:start|beginning|top|first line) of (?:this|the|our)"
            r" (?:chat|conversation|session|dialogue|thread))\b|\b(?:show|print|output|copy of) (?:me )?(?:all )?(?:your"
            r"|the) (?:full |entire |whole )?prompts?(?:[ -]texts?)?\b"
        ),
    ),
    (
        0.9,
        (
            rf"(?:내부|전체)\s?(?:의\s?)?(?:시스템\s?)?{_KO_PROMPT}{_KO_CRAFT}[^.\n]{{0,26}}(?:출력|복사|반복|읊|유출|드러"
            rf"|인코딩|변환|base64|복창|되풀이|그대로|원문"
            r"|한\s?글자)"
        ),
    ),
    (0.9, rf"{_KO_MODEL}\s?[^.\n]{{0,14}}?{_KO_GIVEN}\s?[^.\n]{{0,10}}{_KO_SAID}[^.\n]{{0,30}}{_KO_TELL}"),
    (
        0.85,
        (
            rf"{_KO_MODEL}\s?[^.\n]{{0,10}}(?:어떤|무슨)\s?[^.\n]{{0,6}}(?:지시|지침|명령|규칙|프롬프트|제약)\S{{0,4}}\s?(?:받|따르"
            rf"|주어|설정|입력|적용|있)"
        ),
    ),
    (
        0.85,
        (
            r"(?:개발자|운영자|관리자|제작자|만든\s?(?:사람|회사)|시스템)(?:가|이|에서|는|은)?\s?[^.\n]{0,10}(?:너|네|니|당신"
            r"|챗봇|ai)(?:에게|한테|게)\s?[^.\n]{0,16}(?:뭐라|무슨"
            r"|어떤|무엇|지시|명령|입력|적어|써)[^.\n]{0,20}(?:했|말|알려|보여|둔|놓은|공개|적|썼)"
        ),
    ),
    (
        0.85,
        (
            r"(?:대화|채팅|세션|프롬프트|컨텍스트|입력창?)(?:의|에서|에)?\s?(?:맨\s?|가장\s?|제일\s?)?(?:첫|처음|최초|위|앞)"
            r"(?:\s?번째)?(?:의|에)?\s?(?:있는\s?|나온\s?|적힌\s?"
            rf"|쓰인\s?)?(?:메시지|문장|줄|텍스트|내용|지시|입력|부분|글)[^.\n]{{0,26}}{_KO_TELL}"
        ),
    ),
    (
        0.85,
        (
            rf"(?:대화|채팅|세션)(?:가|이|를|을)?\s?시작(?:되기|하기|되)?\s?(?:이?전|도\s?전)에?[^.\n]{{0,30}}(?:지시|입력|받은"
            rf"|적힌|있는|들은|뭐|무엇|내용|설정"
            rf"|텍스트)[^.\n]{{0,24}}(?:{_KO_TELL}|했)"
        ),
    ),
    (
        0.85,
        (
            r"(?:말하지|답하지|대답하지|언급하지|공개하지|알려\s?주지|밝히지)\s?(?:말라고|말라는|않도록|못하게|않기로)\s?"
            r"(?:지시|명령|설정|하는?\s?(?:지시|규칙)|되어|들은|들었|받|한"
            r"|정해)[^.\n]{0,30}(?:알려|나열|말해|뭐|무엇|목록|전부|보여|공개|주제|내용)"
        ),
    ),
    (
        0.85,
        (
            rf"(?:지금까지|여기까지|여태)\s?(?:받은|입력된|주어진|들은)\s?(?:모든\s?)?(?:입력|지시|메시지|텍스트|내용|명령)"
            rf"[^.\n]{{0,20}}{_KO_TELL}"
        ),
    ),
    (
        0.85,
        (
            rf"(?:개발자|운영자|관리자|제작자)(?:가|이|의)?\s?[^.\n]{{0,8}}(?:숨겨\s?(?:둔|놓은|진)|숨긴|비공개로\s?(?:한|둔)"
            rf"|몰래\s?(?:넣은"
            rf"|적은))\s?[^.\n]{{0,8}}{_KO_SAID}[^.\n]{{0,26}}{_KO_TELL}"
        ),
    ),
    (
        0.85,
        (
            r"(?:위에|앞에|이\s?(?:문장|대화|메시지)\s?(?:앞|위)에?|처음에|대화\s?시작\s?전에?)\s?(?:적힌|쓰인|있는|나온"
            r"|입력된|(?:받은|주어진)(?=\s?(?:모든\s?)?(?:지시|지침|명령|규칙"
            r"|프롬프트|메시지|텍스트|입력|내용|문장|설정|역할|것|거|걸|글|말))|적혀)[^.\n]{0,20}(?:그대로|전부|모두|출력|반복"
            r"|보여|알려|복사|말해)"
        ),
    ),
    # What stands in its memory, from the first word on; all that it was given to read.
    (
        0.85,
        (
            rf"\b(?:{_TELL}|dump)\b[^.\n]{{0,30}}\byour (?:entire |full |whole |current |complete )?(?:memory|context(?: window)?|working"
            rf" memory|buffer)\b"
            r"(?! (?:of|size|limit|length|usage|capacity)\b)"
        ),
    ),
    (
        0.85,
        (
            r"(?:컨텍스트|문맥)\s?(?:창|윈도우?|버퍼)?\S{0,2}[^.\n]{0,16}(?:토큰|처음|시작|전체|내용|전부)[^.\n]{0,16}(?:덤프|출력|보여|쏟아|복사|뱉|적어)"
            r"(?!\S{0,4}\s?(?:방법|법|명령))"
        ),
    ),
    (
        0.85,
        (
            rf"\b{_TELL}\b (?:me )?(?:all|every|the)(?: of)?(?: the)? (?:earlier|previous|other|prior|retrieved) (?:documents?|passages?"
            rf"|files?|sources?"
            r"|conversations?)\b[^.\n]{0,20}\b(?:verbatim|word for word|in full|exactly|as they are)\b"
        ),
    ),
    # Named by who gave them.
    (
        0.85,
        (
            r"\b(?:text|words|messages?|lines|notes?|instructions?|everything) (?:that |which )?you (?:got|received"
            r"|were (?:given|sent|told)) (?:from|by) "
            rf"(?:the |your )?{_BY_WHOM}\b"
        ),
    ),
    (
        0.85,
        (
            r"\b(?:every|each|all)(?: the| of the)? (?:messages?|texts?|words?|tokens?|instructions?) (?:before|above"
            r"|prior to|preceding) (?:this|my) (?:one|message|sentence|prompt|chat|point|question)"
        ),
    ),
    (
        0.85,
        (
            r"(?:개발자|운영자|관리자|회사|openai|제작자|만든\s?사람)(?:가|이|들이)?\s?(?:너|네|니|당신)(?:에게|한테|께)?\s?"
            r"(?:준|써\s?준|적어\s?준|보낸|시킨|알려\s?준|입력한|심어\s?둔)\s?(?:글|말|것|거|걸|문장|텍스트|내용|지시|메시지)"
        ),
    ),
    (
        0.85,
        r"(?:숨겨진|숨긴|내부|시스템|초기)\s?(?:설정|구성|지시|프리셋)\S{0,2}\s?(?:전부\s?|모두\s?|다\s?)?(?:덤프|나열|토해|털어\s?놔)",
    ),
    (0.85, r"\b(?:print|cat|show|dump|read|less) (?:/[\w.\-]+){0,4}/?(?:system|hidden|initial)[_-]prompts?\b"),
    # Sentences to be finished that begin with what was told.
    (
        0.85,
        (
            r"\b(?:complete|finish|continue)(?: (?:this|the|your) (?:sentence|text|line))?\s?[:,]?\s?[\"'“‘][^\n\"]{0,40}"
            r"\b(?:system|confidential|hidden|secret|initial|first)\b[^\n\"]{0,30}\b(?:prompt|message|text|instructions?|configuration)\b"
        ),
    ),
    (
        0.85,
        (
            r"(?:이어서?|완성해)[^\n]{0,10}[:：]?\s?[\"'“‘][^\n]{0,12}(?:처음|비밀|숨은|숨겨진|시스템)[^\n]{0,10}"
            r"(?:글|메시지|문장|지시|프롬프트|설정)"
        ),
    ),
)
