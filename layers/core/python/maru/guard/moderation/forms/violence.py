"""Deeds of violence, plain and graphic."""

ROWS: tuple[tuple[str, float, str], ...] = (
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
            r"|child|person|boy|girl)|civilians?|children|(?:wife|husband|boss|family)|(?:the|that|this|those|these|every|all(?: the)?)"
            r" (?:mayor|senator|minister|governor|judge|cop|officer|policeman|teacher|principal|landlord|manager|co-?worker|colleague"
            r"|classmate|politician|journalist|doctor|nurse|priest|immigrant|refugee|voter|protester|neighbou?r|guy|kid)s?)\b"
            r"|\b(?:kill them all|bloodbath|mass shooting"
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
            r"|하고|할|하는|했|장면)|(?<!모기를 )(?<!벌레를 )(?<!파리를 )(?<!해충을 )"
            r"(?:쏴|찔러|때려|패|밟아|태워|목\s?졸라)\s?죽(?:여|이|일|였)"
        ),
    ),
)
