"""Orders to drop instructions in other languages than Korean and English; in small letters as folding leaves them, gaps bounded.

Each has a verb of dropping, a word for all or for the former, and the instructions: manuals that must not be forgotten lack the second.
"""

import unicodedata

#: Verbs, words for all or former ones, instructions.
_LANGUAGES = (
    # Russian and Ukrainian
    (
        r"игнориру|забудь|не обращай внимания|ігноруй",
        r"вс[еёі]|предыдущ|прежн|ранн|выше|попередн",
        r"инструкци|указани|команд|правил|інструкці|вказівк",
    ),
    (r"zignoruj|ignoruj|zapomnij", r"wszystk|poprzedni|wcześniejsz|powyższ", r"instrukcj|poleceni|wskazów"),
    (r"negeer|vergeet", r"alle|vorige|eerdere|voorgaande|bovenstaande", r"instructies|opdrachten|aanwijzingen"),
    # Swedish, Danish and Norwegian
    (r"ignorera|glöm|ignorer|glem", r"alla|tidigare|alle|tidligere|foregående", r"instruktion|anvisning|instruks"),
    # Arabic, Thai, Vietnamese, Indonesian
    (r"تجاهل|انس|تجاوز", r"جميع|كل|السابقة|أعلاه", r"التعليمات|الأوامر|التوجيهات|القواعد"),
    (r"เพิกเฉย|ละเว้น|ลืม", r"ทั้งหมด|ก่อนหน้า", r"คำสั่ง|คำแนะนำ"),
    (r"bỏ qua|quên|phớt lờ", r"tất cả|mọi|trước|ở trên", r"hướng dẫn|chỉ dẫn|chỉ thị|mệnh lệnh"),
    (r"abaikan|lupakan", r"semua|seluruh|sebelumnya|di atas", r"instruksi|perintah|petunjuk"),
)
#: Turkish and Hindi, whose verbs stand at the end.
_BEHIND = (
    r"(?:önceki|tüm|bütün)[^.\n]{0,24}(?:talimat|komut)\w{0,8}[^.\n]{0,12}(?:yok say|görmezden gel|unut|dikkate alma)",
    r"(?:सभी|पिछले|पूर्व)[^।\n]{0,24}(?:निर्देश|आदेश)[^।\n]{0,24}(?:अनदेखा|नज़रअंदाज|नजरअंदाज|भूल जा)",
)
ROWS: tuple[tuple[float, str], ...] = tuple(
    (0.9, unicodedata.normalize("NFKC", pattern))
    for pattern in (*(rf"(?:{drop})(?=[^.\n]{{0,70}}(?:{old}))[^.\n]{{0,50}}(?:{orders})" for drop, old, orders in _LANGUAGES), *_BEHIND)
)
