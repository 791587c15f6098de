"""Forms of what training on comments cannot teach, by category: self-harm, minors, violence, sexual and illicit matters, slurs, threats."""

_GROUP = (
    r"(?:jews?|muslims?|christians?|blacks?|whites?|asians?|chinese|koreans?|japanese|arabs?|africans?|mexicans?|immigrants?"
    r"|refugees?|foreigners?|gays?|lesbians?|gay people|"
    r"trans(?:gender)?s?(?: people)?|women|men|girls|disabled people|the disabled|indians?|hindus?|catholics?|gypsies|roma"
    r"|latinos?|black people|white people|asian people|homosexuals?|minorities|old people)"
)
_KO_GROUP = (
    r"(?:여자|여성|남자|남성|흑인|백인|동남아|중국인|조선족|일본인|외국인|이민자|난민|이슬람|무슬림|유대인|기독교인|개독"
    r"|장애인|동성애자?|게이|레즈비언|트랜스젠더|전라도|경상도|노인|틀딱|페미\S{0,4}|한남"
    r"|김치녀|다문화|탈북자|성소수자|짱깨|쪽바리|똥남아|맘충)"
)
_HOW = (
    r"(?:tips (?:to|for|on)|how (?:do|can|could|would|should|to|might)(?: (?:i|we|you|one|someone))?|ways? to|steps? (?:to"
    r"|for)|teach me|instructions? (?:to|for|on)|guide (?:to|for|on)|tell me how|show me how|explain how|recipe for"
    r"|tutorial (?:to|for|on)|help me|best way to|i (?:want|need|plan) to|where (?:can|do) i)"
)
_KO_HOW = r"[^.\n]{0,24}(?:방법|법\b|법을|법좀|어떻게|하는\s?법|알려|가르쳐|만들려면|하려면|구하|구매|사는\s?곳|레시피|순서|절차)"
_GAP = r"(?:[ ][0-9*^~_@#|][ ]|[^가-힣a-z\s]{0,2})"


def _gapped(word: str) -> str:
    """A word with up to two signs or digits between its syllables."""
    return _GAP.join(word)


_KO_ABUSE = "|".join(
    _gapped(word)
    for word in (
        "시발",
        "씨발",
        "씨팔",
        "시팔",
        "쉬발",
        "씨바",
        "시바새",
        "쓰발",
        "쌰발",
        "씨부랄",
        "씹새",
        "씹년",
        "씹놈",
        "병신",
        "븅신",
        "빙신",
        "벼엉신",
        "등신",
        "개새끼",
        "개색끼",
        "개세끼",
        "개쉐끼",
        "개자식",
        "개놈",
        "개년",
        "새끼야",
        "쓰레기새끼",
        "미친놈",
        "미친년",
        "미친새끼",
        "또라이",
        "돌아이",
        "지랄",
        "염병",
        "좆",
        "존나못",
        "좇같",
        "꺼져",
        "닥쳐",
        "엿먹어",
        "뒤져라",
        "뒈져",
        "뒤지고",
        "호로새",
        "후레자식",
        "느금마",
        "니애미",
        "니미럴",
        "엠창",
        "애미뒤",
        "썅년",
        "썅놈",
        "썅",
        "걸레년",
        "창녀",
        "버러지",
        "벌레같은",
        "기생충같은",
        "재수없",
        "멍청한놈",
        "멍청이",
        "찌질이",
        "저능아",
        "한심한놈",
        "죽일놈",
        "죽일년",
    )
)
FORMS: tuple[tuple[str, float, str], ...] = (
    (
        "harassment",
        0.85,
        rf"(?!시발(?:점|역|택시|자동차|은\s|이\s?되)|꺼져(?:\s?(?:있|버|가[고는던며]|갔)|요|서|도|야)|지랄(?:탄|염))(?:{_KO_ABUSE})",
    ),
    (
        "harassment",
        0.8,
        r"(?<![ㄱ-ㅎ])(?:[ㅅㅆ][0-9.*~^!@]{0,2}ㅂ|ㅂ[0-9.*~^!@]{0,2}ㅅ|ㅄ|ㅈㄹ|ㅁㅊ[ㄴㅅ]|ㄲㅈ|ㅗㅗ|ㄷㅊ|ㅅㄲ|ㅈ같|ㅆㄴ|ㅆㄹㄱ)(?![ㄱ-ㅎ])",
    ),
    ("harassment", 0.85, r"(?:느그|느금|니|네|너희|너거)\s?(?:애미|애비|에미|어미)\S{0,2}\s?(?:뒤[지졌져]|뒈|없[냐는]|창[녀년])"),
    # Typed with the keyboard left in Latin letters.
    ("harassment", 0.85, r"(?<![a-z])(?:tlqkf|qudtls|rotorl|wlfkf|whwrk|alclssus|alclssha|alclstorl|ekrcu|rjwu|tlqtorl)"),
    (
        "harassment",
        0.85,
        (
            r"\b(?:you(?:'re| are)?|u r|he(?:'s| is)|she(?:'s| is)|they(?:'re| are))\s(?:\w+\s){0,3}(?:idiots?|morons?|stupid"
            r"|dumb(?:ass)?|pathetic|worthless|losers?|scum|trash|garbage|ugly|disgusting|retard(?:ed|s)?|pigs?|bitch(?:es)?|bastards?"
            r"|asshole|piece of (?:shit|crap|trash)|waste of (?:space|air|oxygen))\b"
        ),
    ),
    (
        "harassment",
        0.85,
        (
            r"\b(?:fuck (?:you|off|u)|f\*+k you|go to hell|shut (?:the fuck )?up|stfu|kys|motherfuck\w*|son of a bitch|dumbass|asshole"
            r"|dickhead|cunt|bitch|whore|slut|nobody (?:likes|loves|wants) you|everyone hates you|screw you|piece of shit|jackass)\b"
        ),
    ),
    (
        "harassment/threatening",
        0.9,
        (
            r"\b(?:i(?:'ll|'m going to| will| am going to|'m gonna| want to| wanna)|we(?:'ll| will"
            r"|'re going to))\s(?:\w+\s){0,3}(?:kill|murder|stab|shoot|beat|hurt|strangle|break|smash|burn|hunt|rape|destroy|slit"
            r"|bash)\s(?:\w+\s){0,2}?(?:you|him|her|them|your|his|their|everyone)\b"
        ),
    ),
    (
        "harassment/threatening",
        0.85,
        (
            r"\b(?:you(?:'re| are) (?:dead|going to die|gonna die)|you(?:'ll| will) (?:die|pay with|regret (?:this|it) with)"
            r"|watch your back|i know where you (?:live|sleep)|you deserve to die|hope you die|drop dead)\b"
        ),
    ),
    (
        "harassment/threatening",
        0.9,
        (
            r"(?:너|널|네|니|당신|그\s?(?:놈|년|새끼|자식|사람)|저\s?(?:놈|년|새끼)|걔|그를|그녀|가족|식구|상사|선생)\S{0,4}"
            r"[^.\n]{0,20}(?:죽여\s?버|죽일\s?거|죽이겠|죽이고\s?싶"
            r"|죽여\s?줄|칼로\s?찌|찔러\s?버|패\s?죽|때려\s?죽|불\s?질러|목을\s?(?:따|조르|졸라)|묻어\s?버|가만\s?안\s?둬"
            r"|팔다리를|토막|해치겠|없애\s?버)"
        ),
    ),
    (
        "harassment/threatening",
        0.8,
        (
            r"(?:죽여\s?버(?:린다|리겠|릴)|죽여\s?버려|때려\s?죽|찢어\s?죽|쳐\s?죽|밤길\s?조심|칼로\s?(?:찔|쑤)|목을\s?따"
            r"|두고\s?봐라?[^.\n]{0,10}죽)"
        ),
    ),
    (
        "harassment",
        0.85,
        (
            r"\b(?:you|you people|they|those people) (?:are|'re) (?:all |just |nothing but )?(?:vermin|scum|animals|parasites|filth"
            r"|subhuman|cockroaches|rats|monkeys)\b|\b(?:nude|naked|intimate) (?:pictures?|pics|photos?|images?|videos?) of (?:my|his"
            r"|her|an?|our) (?:ex|co-?worker|classmate|neighbou?r|teacher|colleague|boss)\b"
        ),
    ),
    (
        "harassment/threatening",
        0.9,
        (
            r"\b(?:i(?:'ll|'m going to| will| am going to|'m gonna)|we(?:'ll| will|'re going to))\s(?:\w+\s){0,3}?(?:find|track|hunt"
            r"|come|visit|follow)\s(?:[\w']+\s){0,6}?and\s(?:\w+\s){0,2}?(?:kill|hurt|beat|stab|shoot|destroy|burn)\b"
        ),
    ),
    (
        "harassment/threatening",
        0.85,
        r"(?:집|주소|회사|학교)[^.\n]{0,16}(?:찾아가|찾아간|찾아갈|알아내)[^.\n]{0,16}(?:각오|죽|가만|두고\s?봐|기다려라|부숴|불)",
    ),
    (
        "harassment",
        0.85,
        (
            r"(?:너|니|네놈|당신|저런?\s?놈|그런?\s?놈)\s?같은\s?(?:쓰레기|인간쓰레기|놈|년|새끼|것들?|벌레|짐승)[^.\n]{0,14}"
            r"(?:죽어|없어져|사라져|살\s?(?:가치|자격)|역겹|꺼져|한심"
            r"|재수\s?없)"
        ),
    ),
    (
        "hate",
        0.9,
        (
            r"\b(?:n[i1]gg(?:er|a|ers|as)|f[a4]gg?ots?|k[i1]kes?|ch[i1]nks?|sp[i1]cs?|wetbacks?|trann(?:y|ies)|gooks?|ragheads?"
            r"|towelheads?|sand ?niggers?|dykes?|coons?|paki(?:s)?)\b"
        ),
    ),
    (
        "hate",
        0.9,
        (
            rf"\b(?:all |those |these |most |every )?{_GROUP}\b\s(?:people\s)?(?:are|is|should(?:n't| not)?|must|deserve|don't|do not"
            rf"|can't|cannot|ruin\w*|belong)\s(?:\w+\s){{0,4}}?(?:inferior|subhuman|animals?|vermin|parasites?|cockroach\w*|rats?|scum"
            r"|filth\w*|dirty|stupid|lazy|criminals?|terrorists?|thieves|disgusting|evil|disease|plague|trash|garbage|worthless|weak"
            r"|deported|banned|vote|human|go back|sent back|not be allowed|rights|exist)\b"
        ),
    ),
    (
        "hate",
        0.85,
        (
            rf"\bi (?:really )?(?:hate|despise|can't stand|detest) (?:all |those |these |the )?{_GROUP}\b|\b{_GROUP} (?:go|should go"
            r"|get) (?:back|out)\b"
        ),
    ),
    (
        "hate/threatening",
        0.9,
        (
            rf"\b{_GROUP}\b\s(?:people\s)?(?:do not|don't|don’t)\s(?:deserve to|have (?:the|a|any) right to)\s(?:live|exist|breathe"
            r"|be alive)\b"
        ),
    ),
    (
        "hate",
        0.85,
        (
            rf"\b(?:filthy|dirty|disgusting|stinking|subhuman|stupid|worthless|parasitic) {_GROUP}\b|\bgo back to (?:your"
            r"|their) (?:own )?(?:damn |fucking |shithole )?country\b"
        ),
    ),
    (
        "hate",
        0.85,
        (
            rf"{_KO_GROUP}(?:들)?(?:은|는|이|가)[^.\n]{{0,14}}(?:짐이다|짐이야|짐일\s?뿐|쓸모\s?없|밥이나|집에나|입\s?다물"
            rf"|부엌에서나|나라를?\s?망)"
        ),
    ),
    (
        "hate/threatening",
        0.95,
        (
            r"\b(?:kill|exterminate|gas|hang|shoot|burn|eradicate|murder|lynch|wipe out|slaughter|bomb|attack"
            rf"|annihilate)\s(?:\w+\s){{0,2}}?(?:all |every |those |these |the )?{_GROUP}\b|\b{_GROUP}\b\s(?:\w+\s){{0,3}}(?:should"
            rf"|must|need to|deserve to|ought to)\s(?:\w+\s){{0,2}}(?:die|be (?:killed|shot|exterminated|gassed|hanged|burned"
            r"|eradicated|wiped out|lynched))"
        ),
    ),
    (
        "hate",
        0.9,
        (
            r"(?:짱깨|짱개|쪽바리|쪽발이|깜둥이|껌둥이|똥남아|튀기|병신\s?장애|애자\s?새|홍어(?:새|놈|년|족|들)|전라디언"
            r"|개쌍도|김치녀|된장녀|한남충|맘충|틀딱|급식충|똥꼬충|호모\s?새끼|게이\s?새끼"
            r"|페미\s?(?:년|충)|메갈\s?년|보슬아치|삼일한|개독|조선족\s?새|외노자\s?새|흑형\s?새|좌좀|빨갱이\s?새)"
        ),
    ),
    (
        "hate",
        0.85,
        (
            rf"{_KO_GROUP}(?:들)?(?:은|는|이|가|이란|들은|들이|놈들은|년들은|새끼들은?)[^.\n]{{0,20}}(?:다\s?꺼져|추방|열등"
            rf"|더럽|역겹|역겨|미개|벌레|쓰레기|기생충|냄새\s?나|범죄자|멍청|무식"
            r"|사라져|나가라|돌아가|못\s?배운|짐승|혐오스|극혐|인간도\s?아니|없어져|필요\s?없|믿을\s?수\s?없는\s?종)"
        ),
    ),
    (
        "hate/threatening",
        0.95,
        (
            rf"{_KO_GROUP}(?:들)?(?:은|는|을|를|이|가|들은|들을)?[^.\n]{{0,14}}(?:죽여|죽어야|죽여야|몰살|학살|처단|불태워"
            rf"|씨를\s?말려|때려잡|패야|가스실|총살|박멸|쏴\s?죽|맞아야)"
        ),
    ),
    (
        "self-harm/intent",
        0.95,
        (
            r"\b(?:i(?:'m| am)?|i've been|i have been|i keep)\s(?:\w+\s){0,4}?(?:kill(?:ing)? myself|end(?:ing)? (?:my life|it all"
            r"|everything)|suicidal|commit(?:ting)? suicide|(?:want|wanna|wish|ready|going|like)\w*(?: to)? (?:die|be dead"
            r"|disappear forever)|cut(?:ting)? myself|hurt(?:ing)? myself|harm(?:ing)? myself|starv(?:e|ing) myself"
            r"|hang(?:ing)? myself|overdos(?:e|ing)|jump off)\b|\bi don'?t want to (?:live|be alive|exist)\b|\bno reason to (?:live"
            r"|go on)\b|\bbetter off (?:dead|without me)\b"
        ),
    ),
    (
        "self-harm/intent",
        0.95,
        (
            r"(?:자살하고\s?싶|죽고\s?싶(?!을\s?만큼\s?맛)|죽어\s?버리고\s?싶|목숨을\s?끊(?:고|으려|을)|극단적인?\s?선택을?\s?"
            r"(?:하고|할|하려)|살고\s?싶지\s?않|살기\s?싫|사라지고\s?싶"
            r"|자해(?:하고|를\s?하고|했|를\s?했|하게|충동)|손목을\s?(?:긋|그었|그으)|뛰어\s?내리고\s?싶|뛰어내릴"
            r"|더\s?이상\s?살\s?(?:이유|자신|수)|삶을\s?(?:끝내|마감)|생을\s?(?:마감"
            r"|끝내)|유서를?\s?(?:쓰|썼|남기)|(?:나|저)(?:는|도)?\s?(?:그냥|이제|오늘|곧)?\s?(?:자살|죽을\s?(?:거|래|생각)|죽으려))"
        ),
    ),
    ("self-harm/intent", 0.9, r"\bi (?:can'?t|cannot|couldn'?t) stop (?:cutting|hurting|burning|harming|starving) myself\b"),
    ("self-harm/intent", 0.9, r"(?:한강|옥상|다리|난간|베란다|아파트)(?:\s?위)?에서\s?(?:뛰어\s?내리(?:려|고\s?싶|겠|자)|떨어져\s?죽)"),
    (
        "self-harm/instructions",
        0.9,
        r"(?:약|수면제|진통제|알약)\S{0,3}\s?(?:몇|얼마나)\s?(?:알|개|정)?\S{0,4}\s?(?:먹|삼키|복용)\S{0,4}\s?(?:죽|치사)",
    ),
    (
        "self-harm/instructions",
        0.95,
        (
            rf"\b{_HOW}\s(?:\w+\s){{0,5}}?(?:kill (?:myself|yourself|oneself)|commit suicide|suicide|die (?:painlessly|quickly"
            r"|without pain)|cut (?:myself|yourself)|self[- ]harm|hang (?:myself|yourself)|overdose|starve (?:myself|yourself)"
            r"|make myself (?:vomit|throw up)|be anorexic|purge)\b|\b(?:painless|easiest|quickest|best|lethal"
            rf"|fatal)\s(?:\w+\s){{0,3}}(?:suicide|way to die|ways to die|method to die|dose of|overdose)\b|\b(?:how many"
            rf"|lethal dose)\b.{{0,40}}\b(?:pills?|tablets|tylenol|sleeping)\b.{{0,30}}\b(?:die|kill|lethal|fatal|overdose)\b"
        ),
    ),
    (
        "self-harm/instructions",
        0.95,
        (
            rf"(?:자살|자해|목\s?매는|목을\s?매|안\s?아프게\s?죽|고통\s?없이\s?죽|편하게\s?죽|손목\s?긋|투신|번개탄|수면제\s?"
            rf"(?:과다|치사|몇\s?알)|치사량|먹토|굶어서?\s?죽){_KO_HOW}"
            r"|(?:고통\s?없이|안\s?아프게|편하게|쉽게)\s?죽는"
        ),
    ),
    (
        "self-harm",
        0.85,
        (
            r"\b(?:kill (?:yo)?ur ?self|kys|go (?:die|hang (?:yo)?ur ?self)|you should (?:die|cut (?:yo)?ur ?self)"
            r"|end your life|slit your wrists)\b|(?:나가\s?(?:죽|뒤[져지])|자살해(?:라|버려|줘)?|가서\s?(?:죽어|뒤져)|뛰어내려"
            r"(?:라|버려)?|한강\s?(?:가"
            r"|물)[^.\n]{0,8}(?:라|빠져|뛰))"
        ),
    ),
    ("self-harm", 0.6, r"\b(?:suicid\w+|self[- ]harm\w*|anorexi\w+ tips|pro[- ]ana|thinspo)\b|(?:자살|자해|극단적\s?선택)"),
    (
        "sexual/minors",
        0.97,
        (
            r"\b(?:child|kid|minor|underage|preteen|pre-teen|teen|toddler|baby|infant|school ?(?:girl|boy)|little (?:girl|boy)|loli"
            r"|shota|(?:[1-9]|1[0-7])[- ]?(?:years?[- ]?old|yo|y/o))\w{0,2}\b.{0,60}\b(?:porn\w*|nude\w*|naked|sex\w*|erotic\w*"
            r"|molest\w*|rape\w*|fuck\w*|undress\w*|seduc\w+|fondl\w+|blow ?job|masturbat\w+|aroused|lewd|orgasm\w*)\b|\b(?:porn\w*"
            r"|nudes?|naked|sexual\w*|sex|erotic\w*|molest\w*|rape|seduc\w+|fuck\w*|lewd|fondl\w+)\b.{0,50}\b(?:child(?:ren)?|kids?"
            r"|minors?|underage|preteens?|toddlers?|little (?:girl|boy)s?|school ?(?:girl|boy)s?|lolis?|(?:[1-9]"
            r"|1[0-7])[- ]?(?:years?[- ]?old|yo))\b|\b(?:child porn\w*|cp links?|csam|lolicon|shotacon|jailbait)\b"
        ),
    ),
    (
        "sexual/minors",
        0.97,
        (
            r"(?:아동|어린이|어린\s?(?:아이|여자|남자|소녀|소년)|미성년자?|초등학?생|초딩|중학생|중딩|여중생|여고생|남중생"
            r"|고등학생|고딩|유아|아기|소녀|로리|쇼타|꼬마|(?:[1-9]|1[0-7])\s?(?:살|세)"
            r"|십대|10대)[^.\n]{0,30}(?:야동|포르노|음란|나체|알몸|누드|벗은|벗겨|성관계|섹스|야한|강간|성폭행|성추행|몸캠"
            r"|야설|자위|조건\s?만남|원조\s?교제|성적인|성행위|만지는|애무)|(?:야동|포르노"
            r"|음란물|섹스|야한|야설|성관계|나체|알몸|강간)[^.\n]{0,24}(?:아동|어린이|미성년|초등학?생|초딩|중학생|여중생"
            r"|여고생|고등학생|유아|소녀|로리|십대)|아청물|n번방\s?(?:영상|자료|링크)"
        ),
    ),
    (
        "sexual",
        0.85,
        (
            r"\b(?:porn(?:o|ography|hub)?|blow ?jobs?|hand ?jobs?|cum(?:shot|ming)?|handjob|deepthroat|gangbang|hentai|milf|dildos?"
            r"|masturbat(?:e|ing|ion)|orgasms?|horny|hard-?on|clit(?:oris)?|anal sex|oral sex|nudes|sexting|threesome|bdsm|fuck me"
            r"|suck my|my (?:cock|dick|pussy)|(?:wet|tight) pussy|thrust\w* (?:into|inside) (?:her|him|me)|moan(?:ed|ing) (?:as|with)"
            r"|strip(?:ped|s)? naked|erotic (?:story|scene|stories|novel|role ?play|fiction)|explicit sex\w*|sex (?:scene|story|chat)"
            r"|escort service|prostitut\w+ (?:near|service)|make love to)\b"
        ),
    ),
    (
        "sexual",
        0.85,
        (
            r"(?:야동|야설|포르노|섹스|떡치|떡\s?치|(?<![가-힣])자위(?!대|권|적|\s?수단)|딸딸이|딸\s?치|사까시|오랄|펠라|질싸"
            r"|후장|(?<![가-힣])(?:보지|자지)(?:를|에|가|속|빨|털)|보댕"
            r"|ㅅㅅ\s?(?:하|썰)|섹파|원나잇|조건\s?만남|오피\s?(?:걸|추천)|안마방|노출\s?사진|누드\s?사진|알몸\s?사진"
            r"|성관계\s?(?:장면|묘사)|야한\s?(?:소설|이야기|얘기|사진|영상|농담|글|대화"
            r"|썰)|에로\s?(?:소설|장면)|음란|애무하|신음\s?소리|절정에\s?(?:이르|달)|가슴을\s?(?:만지|주무르|빨)|벗은\s?몸|폰섹|성매매)"
        ),
    ),
    (
        "violence/graphic",
        0.9,
        (
            r"\b(?:disembowel\w*|decapitat\w*|behead\w*|dismember\w*|(?:graphic|gory|vivid|gruesome)\w* (?:torture|murder|killing"
            r"|violence|beating|death)s?|eviscerat\w*|mutilat\w*|entrails|intestines? (?:spill|hang|pour)\w*|guts (?:spill|hang"
            r"|pour)\w*|brains? (?:splatter|spill|blown)\w*|severed (?:head|limb|arm|leg|hand)s?|blood (?:gush|spurt|spray|pour"
            r"|splatter)\w*|skull (?:crack|split|crush|shatter)\w*|flesh (?:torn|tore|ripp|peel)\w*|gore|skinn(?:ed|ing) (?:alive|him"
            r"|her|them)|torn (?:apart|limb)|gouged? (?:out )?(?:his|her|their|my) eyes?|slit (?:his|her|their) throats?)\b"
        ),
    ),
    (
        "violence/graphic",
        0.9,
        (
            r"(?:토막\s?(?:내|낸|살인)|참수|목을\s?(?:베|잘라|자르|벤)|내장이?\s?(?:쏟|튀어|흘러|나와)|창자|피가\s?(?:솟|튀|뿜"
            r"|철철|사방|쏟아)|살점이?\s?(?:찢|뜯|떨어)|두개골이?\s?(?:깨"
            r"|부서|으스)|뇌수|사지를\s?(?:절단|찢|자르)|눈알을\s?(?:뽑|파)|난도질|피범벅|시체를\s?(?:훼손|토막|자르))"
        ),
    ),
    (
        "violence",
        0.75,
        (
            r"\b(?:(?<!is )(?<!are )(?<!'s )kill(?:ed|s|ing)?|murder(?:ed|s|ing)?|stab(?:bed|s|bing)?|shot|shoot(?:s|ing)?"
            r"|slaughter\w*|massacr\w*|tortur\w*|strangl\w*|beat(?:en|ing)?|bludgeon\w*|execut(?:ed|ing)|assassinat\w*|lynch\w*"
            r"|maim\w*|gunned down|blow(?:n|ing)? up)\s(?:\w+\s){0,2}?(?:him|her|them|people|everyone|someone|somebody|me|you|my|his"
            r"|their|the (?:man|woman|child|boy|girl|victims?|crowd|guard|students?|president|family|boss|neighbou?r)|a (?:man|woman"
            r"|child|person|boy|girl)|civilians?|children|(?:wife|husband|boss|family))\b|\b(?:kill them all|bloodbath|mass shooting"
            r"|school shooting)\b"
        ),
    ),
    (
        "violence",
        0.75,
        (
            r"(?:사람|남자|여자|아이|그를|그녀를|친구|가족|상사|부모|아내|남편|이웃|놈을|년을|새끼를|시민|학생|피해자)"
            r"[^.\n]{0,16}(?:죽였|죽이는|죽이고|죽여|살해|찔렀|찔러|찌르|패는|때려|총으로\s?쏘"
            r"|총으로\s?쐈|쏴\s?죽|고문|목\s?졸|폭행|학살|칼로)|(?:살인|총기\s?난사|대량\s?학살|칼부림|집단\s?폭행)(?:을|를"
            r"|하고|할|하는|했|장면)"
        ),
    ),
    (
        "illicit/violent",
        0.95,
        (
            rf"\b{_HOW}\s(?:\w+\s){{0,6}}?(?:make|build|construct|buy|get|create|assemble|obtain|acquire|3d[- ]?print|detonate|cook"
            rf"|plan|carry out|commit|hire|poison|kill|murder|kidnap|produce)\s(?:\w+\s){{0,5}}?(?:bombs?|explosives?|grenades?"
            r"|pipe bombs?|molotovs?|molotov cocktails?|guns?|firearms?|silencers?|ghost guns?|ammunition|nerve gas|sarin|ricin"
            r"|anthrax|chemical weapons?|bioweapons?|napalm|thermite|terror(?:ist)? attack|mass shooting|hitman|assassins?|murder"
            r"|someone|somebody|my (?:wife|husband|boss|neighbou?r)|a person|people|landmines?|detonators?|dirty bomb|weapons?|ied)\b"
        ),
    ),
    (
        "illicit/violent",
        0.95,
        (
            r"(?:폭탄|폭발물|사제\s?(?:총|폭탄)|화염병|수류탄|총기|권총|실탄|화학\s?무기|생화학|사린|리신|탄저균|네이팜"
            r"|기폭\s?장치|독극물|청산가리|테러|암살|살인|납치|청부\s?살인|사람을?\s?죽이"
            rf"|시체\s?(?:처리|유기|숨기)|독살){_KO_HOW}"
        ),
    ),
    (
        "illicit",
        0.9,
        (
            rf"\b{_HOW}\s(?:\w+\s){{0,6}}?(?:shoplift\w*|pick ?pocket\w*|launder (?:\w+ )?money|money laundering|(?:cook|make"
            rf"|synthesi[sz]e|produce|grow|buy|sell|smuggle|get|manufacture|extract) (?:\w+ ){{0,3}}(?:meth(?:amphetamine)?|cocaine"
            r"|heroin|mdma|ecstasy|lsd|fentanyl|crack|ghb|drugs|weed illegally|dmt)|steal\w*|rob|burglar\w*|break into|hot-?wire"
            rf"|forge\w*|counterfeit\w*|fake (?:id|ids|passport|money|documents?|prescription)|hack (?:into )?(?:\w+ ){{0,4}}(?:account"
            r"|phone|wi-?fi|bank|computer|email|instagram|facebook|system|camera|website|network)|phish\w*|skim (?:credit )?cards?"
            r"|credit card fraud|evade (?:tax\w*|police|customs)|tax evasion|blackmail\w*|extort\w*|stalk\w*|scam\w*"
            r"|write (?:a )?(?:malware|ransomware|virus|keylogger|worm)|create (?:a )?(?:malware|ransomware|virus|keylogger|botnet)"
            r"|(?:ddos|sql inject) |pirate (?:movies|software)|traffic (?:people|humans|drugs)|bribe\w*|cheat on (?:an|my|the) exam"
            r"|jailbreak (?:an atm)|clone (?:a )?(?:credit )?cards?|bypass (?:a )?(?:drm|drug test)|pass a drug test|dispose of a body"
            r"|insider trad\w+)\b"
        ),
    ),
    (
        "illicit",
        0.9,
        (
            r"(?:필로폰|마약(?!류|\s?(?:김밥|떡볶이|옥수수|검사|탐지))|대마초?|코카인|헤로인|엑스터시|펜타닐|물뽕|케타민"
            r"|환각제|위조\s?(?:지폐|신분증|여권|서류)|가짜\s?(?:신분증|여권)|신분증\s?위조"
            r"|여권\s?위조|돈\s?세탁|자금\s?세탁|탈세|보이스\s?피싱|피싱\s?(?:사이트|메일)|해킹(?:해서|하는|해)|랜섬웨어"
            r"|악성\s?코드|디도스|몰카|불법\s?촬영|도촬|절도|도둑질|훔치|훔쳐|소매치기"
            r"|빈집\s?털|금고\s?(?:따|털)|자물쇠\s?(?:따|몰래)|차\s?(?:훔|털)|대포\s?(?:통장|폰|차)|작업\s?대출|사기\s?치"
            r"|보험\s?사기|협박(?:하는|해서)|스토킹|위치\s?(?:몰래\s?)?추적"
            rf"|뇌물|밀수|장기\s?매매|불법\s?도박|음주\s?단속\s?피|와이파이\s?(?:비번|비밀번호)\s?(?:뚫|해킹)|계정\s?(?:해킹"
            rf"|탈취|뚫)){_KO_HOW}"
        ),
    ),
)
