"""Contempt for groups of people, and calls against them."""

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
_OTHERS = (
    rf"(?:{_GROUP}|(?:those|these|such) people|(?:people|folks|those|everyone) (?:from|of) (?:that|those|their|this) (?:country|place"
    rf"|region|religion"
    r"|neighbou?rhood|tribe|faith|part of (?:town|the world))|their kind|that lot)"
)

ROWS: tuple[tuple[str, float, str], ...] = (
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
            r"(?:짱깨|짱개|쪽바리|쪽발이|깜둥이|껌둥이|똥남아|(?<![가-힣])튀기(?:\s?(?:새끼|놈|년|주제|같은|들))|병신\s?장애|애자\s?새|홍어(?:새|놈|년|족|들)|전라디언"
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
    # Groups as vermin or as a burden, and kept out.
    (
        "hate",
        0.85,
        (
            rf"\b{_OTHERS} (?:\w+ ){{0,2}}?(?:breed|multiply|swarm|infest|crawl|spread) (?:\w+ ){{0,3}}?(?:like|our|everywhere|the"
            rf" (?:streets|city|town|country))\b"
            rf"|\b{_OTHERS}(?: people)? (?:are|is) (?:\w+ ){{0,2}}?(?:a |an |the |just |nothing but |only )*(?:burden|plague|infestation"
            rf"|cancer|parasites?|vermin|pests?"
            r"|disease|swarm|waste of (?:space|money|air)|useless(?: eaters)?)\b(?! to (?:be|think|say))"
        ),
    ),
    (
        "hate",
        0.85,
        (
            rf"\b{_OTHERS} [^.\n]{{0,40}}\b(?:should|must|ought to) (?:not|never) (?:be allowed|have (?:children|kids|rights|jobs)|vote"
            rf"|breed|work|marry|own|live|drive)\b"
            r"|\bwe (?:don't|do not|won't|never|will never) (?:serve|hire|rent to|want|take|allow|let in|sell to) (?:\w+ )?(?:their|your)"
            r" (?:kind|sort|type|lot)\b"
            rf"|\b{_OTHERS} (?:\w+ )?(?:need|needs|have|ought|should|must) (?:to )?be (?:removed|purged|kept out|driven out|cleansed|put"
            rf" down|locked up|sterili[sz]ed)\b"
        ),
    ),
    (
        "hate",
        0.85,
        (
            rf"(?:{_KO_GROUP}|늙은이|외국인\s?노동자)(?:들)?(?:은|는|이|가)?\s?[^.\n]{{0,10}}(?:벌레|쥐\s?떼?|바퀴벌레|기생충|해충|메뚜기|좀비)\s?(?:처럼|같이|마냥|떼)"
            rf"|(?:{_KO_GROUP}|늙은이)(?:들)?(?:은|는|이|가|의)?\s?[^.\n]{{0,12}}(?:할|될|잡을|가질)\s?자격(?:이|도|은)?\s?없"
            rf"|(?:{_KO_GROUP}|늙은이)(?:들)?(?:은|는|의|한테서)?\s?[^.\n]{{0,8}}(?:투표권|선거권|참정권|권리|발언권)\S{{0,2}}\s?(?:빼앗|뺏|박탈|없애)(?:아야|어야|아라|어라|자"
            rf"|해야)"
            r"|(?:지역|동네|나라|종교|민족|인종|쪽)\s?(?:사람|놈|것|인간|출신)(?:들)?(?:은|는)?\s?(?:원래\s?|다\s?|죄다\s?|전부\s?|하나같이\s?){1,2}"
            r"(?:사기꾼|도둑|거짓말쟁이|범죄자|거지|배신자|쓰레기|더럽)"
        ),
    ),
    (
        "hate/threatening",
        0.85,
        r"(?:것|놈|년|새끼|족속|종자)들?(?:은|을|이)?\s?(?:다|싹|모조리|전부|깡그리)\s?(?:쓸어\s?버|없애\s?버|태워\s?버|죽여\s?버|묻어\s?버|청소해\s?버)",
    ),
)
