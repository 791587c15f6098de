"""Questions how to break the law, with weapons or without."""

from maru.guard.moderation.forms.asking import HOW, KO_HOW

ROWS: tuple[tuple[str, float, str], ...] = (
    (
        "illicit/violent",
        0.95,
        (
            rf"\b{HOW}\s(?:\w+\s){{0,6}}?(?:make|build|construct|buy|get|create|assemble|obtain|acquire|3d[- ]?print|detonate|cook"
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
            rf"|시체\s?(?:처리|유기|숨기)|독살){KO_HOW}"
        ),
    ),
    (
        "illicit",
        0.9,
        (
            rf"\b{HOW}\s(?:\w+\s){{0,6}}?(?:shoplift\w*|pick ?pocket\w*|launder (?:\w+ )?money|money laundering|(?:cook|make"
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
            r"|(?:빈집|편의점|은행|가게|금은방|매장|창고)[을를]?\s?(?:몰래\s?)?털|금고\s?(?:따|털)|자물쇠\s?(?:따|몰래)|차\s?(?:훔|털)|대포\s?(?:통장|폰|차)|작업\s?대출|사기\s?치"
            r"|보험\s?사기|협박(?:하는|해서)|스토킹|위치\s?(?:몰래\s?)?추적"
            rf"|뇌물|밀수|장기\s?매매|불법\s?도박|음주\s?단속\s?피|와이파이\s?(?:비번|비밀번호)\s?(?:뚫|해킹)|계정\s?(?:해킹"
            rf"|탈취|뚫)){KO_HOW}"
        ),
    ),
)
