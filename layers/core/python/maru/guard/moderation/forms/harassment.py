"""Abuse of somebody, and threats."""

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

ROWS: tuple[tuple[str, float, str], ...] = (
    (
        "harassment",
        0.85,
        rf"(?!시발(?:점|역|택시|자동차|은\s|이\s?되)|꺼져(?:\s?(?:있|버|가[고는던며]|갔)|요|서|도|야)|지랄(?:탄|염))(?:{_KO_ABUSE}|(?<!화){_gapped('염병')})",
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
            r"(?:죽여\s?버(?:린다|리겠|릴)|죽여\s?버려|때려\s?죽|찢어\s?죽|쳐\s?죽|밤길\s?조심(?!해서|히|하시|하세요|하고\s?(?:들어|가|와))|칼로\s?(?:찔|쑤)|목을\s?따"
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
    # Contempt and threats in words that are harmless for themselves.
    (
        "harassment",
        0.8,
        (
            r"\byou (?:have|'ve got|got) the (?:brains?|charm|wits?|personality|intelligence|morals|manners|spine) of an? "
            r"|\b(?:every(?:one|body)|the world|we|they|people) (?:\w+ ){0,2}(?:would|'d|will) (?:\w+ )?be (?:better|happier)(?: off)?"
            r" (?:without you\b"
            r"|if you (?:disappeared|died|were (?:gone|dead)|weren't here|vanished))"
            r"|\bdo (?:us|everyone|the world)(?: all)? a favou?r and (?:die|disappear|leave|vanish|jump)\b"
            r"|\byou(?:'re| are) (?:not even|barely|hardly) human\b|\bno ?(?:one|body) (?:would|will) miss you\b"
        ),
    ),
    (
        "harassment/threatening",
        0.7,
        (
            r"\bi know (?:where|when|what time|which school|which bus) your (?:kids?|children|daughters?|sons?|wife|husband|family|mother"
            r"|parents|sister)\b"
            r"(?![^.\n]{0,60}\bso i(?:'ll| will| can)\b)|\baccidents (?:can |do )?happen to (?:people|those|folks) who (?:talk|snitch"
            r"|tell|cross|refuse|ask|don't"
            r"|do not|won't)\b|\bbe a (?:real |great |terrible )?shame if (?:something|anything) (?:bad |ugly )?(?:happened|were to"
            r" happen|should happen)"
            r" to (?:you\b|your (?!(?:\w+ )?(?:data|files?|backups?|photos?|phone|laptop|account|server|project|work)\b)|him\b|her\b"
            r"|them\b)"
        ),
    ),
    (
        "harassment/threatening",
        0.8,
        (
            r"(?:네|니|너희|당신)\s?(?:딸|아들|애|자식|가족|와이프|마누라|부모|집|아이|동생)\S{0,3}\s?[^.\n]{0,16}(?:어딘지|어디\s?(?:다니|사)는지|몇\s?시에\s?\S{1,6}지)"
            r"\s?(?:다\s?)?(?:안다|알고\s?있|알아(?!요|보|볼|두|야))|입\S{0,2}\s?(?:다물게|틀어막아|못\s?놀리게)\s?(?:해\s?)?(?:줄|주마|준다|버릴|버린)"
        ),
    ),
    (
        "harassment",
        0.8,
        (
            r"(?:너|니|네놈|당신)\s?같은\s?(?:인간|사람|애|놈|것|부류)\S{0,2}\s?[^.\n]{0,16}(?:쓸모|가치|자격|존재할\s?이유)\S{0,2}\s?[^.\n]{0,3}없"
            r"|(?:네|니|너|당신)(?:가|이|만)\s?(?:사라지|없어지|죽으)면\s?[^.\n]{0,12}(?:행복|편해|편할|좋아지|좋아질|나아지|평화)"
        ),
    ),
)
