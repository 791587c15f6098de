"""Sexual matters, those with minors above all."""

ROWS: tuple[tuple[str, float, str], ...] = (
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
    # A child to be won over and kept quiet.
    (
        "sexual/minors",
        0.9,
        (
            r"\b(?:get|convince|persuade|make|lure|coax|trick) (?:a |an |the |some )?(?:\w+ )?(?:(?:[1-9]|1[0-7])[- ]years?[- ]olds?"
            r"|underage|minors?|child|kid|little (?:girl|boy)"
            r"|school ?(?:girl|boy))\b[^.\n]{0,40}\b(?:send (?:me|us|him)|photos? of (?:her|him)|secret|alone with|touch)\b"
            r"|(?:초등학?생|초딩|중학생|중딩|여중생|여고생|미성년자?|어린\s?(?:아이|애|여자애|남자애))(?:이랑|랑|와|과|을|를|한테|에게)?\s?[^.\n]{0,16}(?:단둘이|몰래|비밀로|꼬셔|꼬시)"
            r"[^.\n]{0,16}(?:스킨십|만지|키스|뽀뽀|사진\s?(?:받|보내)|모텔|재우)"
        ),
    ),
)
