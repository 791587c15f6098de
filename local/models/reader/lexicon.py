"""Words that the reader knows by name: empty ones, endings, irregular forms, and words that may stand for each other."""

from maru.knowledge.cite.lexicon import SYNONYMS


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


#: English words that say nothing of what a question is about.
EMPTY = frozenset(
    _split("""
a an the of in on at to for from by with as and or but if than then that this these those it its is are was were be been being am do
does did doing done has have had having will would shall should can could may might must not no nor so such what which who whom whose
when where why how there here their they them he she his her him we us our you your i me my about into over under between among during
after before through out up down off again also only very more most some any all each other another own same too s t many much name
called kind type please tell explain describe give list find far long old often ever yet still just get got use who's what's where's
when's how's
""")
)

#: Korean words of that kind, whole or as stems; those with which a question word begins are told by `ASKING`.
EMPTY_KO = frozenset(
    _split("""
것 것인가 것일 수 때 곳 이 그 저 이것 그것 등 및 더 가장 대한 대해 대하여 대해서 위해 위하여 위한 통해 통하여 의해 따라 따르 관한
관련 있 있는 있는가 있나 있나요 있어 있어요 있습니까 있었 있었던 없 없나요 하 하는 하였 하나 했 한 할 해 되 되는 된 됐 돼 될 말하
말하는 말한 불리 불리는 부르 부르는 부른 해당 알려주 알려줘 알려 주세요 설명 설명해 설명해줘 주 줘 인가 인가요 입니까 일까 나요 가요
은 는 이름 명칭 경우 어떠한 어떠 좀 제 저희 우리 쓸 써야 받을 가능 가능한
""")
)
ASKING = ("무엇", "뭐", "뭘", "뭔", "무슨", "누구", "누가", "언제", "어디", "어떤", "어느", "어떻", "얼마", "며칠", "몇", "왜")

#: Korean particles, copulas and endings, the longest first.
ENDINGS = tuple(
    sorted(
        _split("""
이라고 라고 이라는 라는 이란 란 으로서 로서 으로써 로써 으로부터 로부터 에서는 에서도 에서의 에서 에게서 에게는 에게 한테 께서 까지는
까지 부터 보다 처럼 만큼 마다 조차 밖에 으로는 으로도 으로 로는 로도 로 에는 에도 에 의 은 는 이 가 을 를 과 와 도 만 이나 나 이며 며
이고 고 이자 이었던 였던 이었다 였다 이다 입니다 인가요 인가 일까요 일까 인지 이었는가 였는가 하는가 하나요 합니까 입니까 습니까 나요
는가 은가 던가 는지 은지 을까 을까요 었는가 았는가 했는가 했나요 하였는가 하였나요 하였다 했다 한다 하는 하던 하여 하고 하며 하기 하지
하면 한 할 함 되었다 됐다 된다 되는 되어 되었는가 되었나요 되나요 된 될 됨 시킨 시키는 시켰다 받은 받는 받았다 들은 들이 들의 들을 들에게
들 해요 해야 이야 이에요 예요
"""),
        key=len,
        reverse=True,
    )
)

IRREGULAR = dict(
    pair.split(":")
    for pair in _split("""
won:win wrote:write written:write began:begin begun:begin made:make took:take taken:take gave:give given:give went:go gone:go came:come
became:become led:lead held:hold built:build sold:sell bought:buy lost:lose found:find founded:found knew:know known:know grew:grow
grown:grow born:birth died:death die:death dead:death children:child men:man women:woman people:person sang:sing sung:sing song:sing
spoke:speak spoken:speak fought:fight taught:teach thought:think left:leave paid:pay said:say told:tell saw:see seen:see ran:run
met:meet sent:send spent:spend stood:stand understood:understand chose:choose chosen:choose drew:draw drawn:draw fell:fall fallen:fall
kept:keep meant:mean brought:bring caught:catch broke:break broken:break drove:drive driven:drive rose:rise risen:rise shot:shoot
showed:show shown:show struck:strike swam:swim threw:throw thrown:throw wore:wear worn:wear
""")
)

#: Of a question's words rather than a claim's: looser than those by which citations are checked.
_MORE = (
    "일주일 주 매주 주일",
    "한달 매월 매달 월",
    "하루 매일 일일",
    "vacation leav holiday pto",
    "salary wage pay payroll",
    "cost price fee charg",
    "phone telephon mobil",
    "boss manag supervisor",
)

ALIKE: dict[str, frozenset[str]] = {}
for _group in (*SYNONYMS, *(frozenset(line.split()) for line in _MORE)):
    for _word in _group:
        ALIKE[_word] = ALIKE.get(_word, frozenset()) | (_group - {_word})
