"""Wishes to die, questions how, and telling others to."""

from maru.guard.moderation.forms.asking import HOW, KO_HOW

ROWS: tuple[tuple[str, float, str], ...] = (
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
            r"|끝내)|그만\s?살고\s?싶|살아갈\s?(?:자신|힘|이유)[이가]?\s?없|세상을?\s?(?:떠나|등지)고\s?싶|유서를?\s?(?:쓰|썼|남기)|(?:나|저)(?:는|도)?\s?(?:그냥|이제|오늘|곧)?\s?(?:자살|죽을\s?(?:거|래|생각)|죽으려))"
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
            rf"\b{HOW}\s(?:\w+\s){{0,5}}?(?:kill (?:myself|yourself|oneself)|commit suicide|suicide|die (?:painlessly|quickly"
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
            rf"(?:과다|치사|몇\s?알)|치사량|먹토|굶어서?\s?죽){KO_HOW}"
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
    # Without the words: never waking up, letters and things given away.
    (
        "self-harm/instructions",
        0.9,
        (
            r"\bhow (?:many|much)\b[^.\n]{0,40}\b(?:pills?|tablets|sleeping|medicine|meds|tylenol|insulin)\b[^.\n]{0,40}\b(?:(?:never|not"
            r"|won't|don't) wake|sleep forever)\b"
            r"|(?:약|수면제|진통제|알약)\S{0,3}\s?[^.\n]{0,8}(?:몇|얼마나)[^.\n]{0,16}(?:안\s?깨|못\s?깨|깨어나지|깨지\s?않|영원히\s?(?:자|잠))"
        ),
    ),
    (
        "self-harm/intent",
        0.85,
        (
            r"\bi(?:'ve| have)? (?:\w+ )?(?:written|wrote|left) (?:my |the |all the )?(?:goodbye |farewell |last |final )?(?:letters?"
            r"|notes?|goodbyes)\b[^.\n]{0,24}"
            r"\b(?:given|gave|giving) away\b|\bi(?:'ve| have|'m| am)? (?:\w+ )?(?:written|wrote|writing) (?:my |the |a )?(?:goodbye"
            r"|farewell|suicide) (?:letters?|notes?)\b"
        ),
    ),
)
