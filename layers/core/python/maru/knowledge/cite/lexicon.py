"""Word lists that the citation checks stand on, Korean and English."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENGLISH_STOPS = _set("""
a an the and or but if of to in on at by for with from as into onto over under about between among than then so that this these
those it its he she they them his her hers their theirs we us our you your i me my be do have will would shall should can could may
might must not no nor also there here which who whom whose what when where while because during per via up out off such any each
every all some only just very more most other own same too both according however therefore thus one ha wa doe i'm it's we're
they're
""")

KOREAN_STOPS = _set("""
및 등 또는 그리고 그러나 하지만 따라서 그 이 저 것 수 때 바 경우 있다 있는 있습니다 있으며 있고 있어 없다 없는 한다 합니다 하며 하고
하는 했다 하여 된다 됩니다 되며 되는 됐다 되어 대한 대해 대하여 위해 위한 위하여 통해 통한 통하여 따라 따른 따르면 의한 의해 의하여
관한 관련 이다 입니다 이며 이고 이를 이는 그는 그의 그녀 그녀는 그들 또한 모두 매우 가장 더 약 각 본 해당 이번 이상 이하 이내 미만
초과 최대 최소 중 후 전 간 내 외 별 시 안 못 않는다 않습니다 아니다 아닙니다 않으며 않고 않은 않는 없습니다 없으며 없고 없이 있 없
않
""")

# Words of one group may stand for each other without making a claim another one.
SYNONYMS = tuple(
    _set(line)
    for line in """
직원 근로자 사원 임직원 종업원 구성원 노동자
회사 당사 기업 사용자 법인
휴가 연차 연차휴가 유급휴가
급여 임금 보수 월급 봉급
신청 제출 접수 요청
지급 제공 부여 지불 준다 주어 받는다 받을 받 준 드립니다
사용 이용 쓸 쓴다 활용
시작 개시 착수
끝 종료 완료 마감
설립 창립 창설 설치 건립
태어났다 출생 태어난 탄생
사망 죽었다 별세 서거 타계
필요 요구 필수 해야
가능 있다
규정 규칙 지침 정책 내규
이용자 사용자 고객 회원
오류 장애 에러
비용 경비 금액 요금
상사 관리자 부서장 팀장
매년 해마다 연간 1년
매월 매달 월
employe staff worker personnel
company organization organiz firm employer busines
receiv get obtain earn entitl given give grant award
requir must need shall necessary
start begin commenc launch
end finish complete conclud stop
submit file hand send apply request
pay reimburs cover
buy purchas
allow permit can may
big larg great
small little
annual year yearly
month monthly
day daily
establish found create set-up open
manag supervisor manager
rule policy regulate regulation
holiday leav vacate vacation
use utilize utiliz
show display
build construct
situat locat
""".strip().splitlines()
)

# Where the claim has a word of one side only and its source a word of the other only, they disagree.
OPPOSITES = tuple(
    (_set(left), _set(right))
    for left, right in (line.split("|") for line in """
유급 | 무급
유료 | 무료
유상 | 무상
찬성 | 반대
허용 허가 승인 | 금지 불허 거부 반려
가능 | 불가능 불가
포함 | 제외
증가 상승 인상 늘 늘었다 늘어 확대 | 감소 하락 인하 줄 줄었다 줄어 축소
이전 | 이후
최대 | 최소
상반기 | 하반기
오전 | 오후
의무 필수 | 선택 임의 자율
합격 | 불합격
성공 | 실패
공개 | 비공개
수입 | 수출
승리 이겼다 | 패배 졌다
입금 | 출금
국내 | 해외 국외
정규직 | 비정규직 계약직
increas rise grow raise higher gain | decreas fall declin reduc drop lower shrink
before | after
maximum | minimum
paid | unpaid
allow permit permitt allowed | prohibit forbid forbidden ban banned
include inclusive includ | exclud exclude exclusive
mandatory compulsory requir required obligatory | optional voluntary
accept approv approve | reject refuse refus deny denied declin
internal | external
public | private confidential
win won victory | lose lost defeat
import | export
always | never
above | below
possible | impossible
full-time | part-time
temporary | permanent
north northern | south southern
east eastern | west western
first | last
weekly | monthly
monthly | annually yearly
daily | weekly
""".strip().splitlines())
)  # fmt: skip

# Beginnings and ends of names.
SURNAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모"
)
TITLES = _set("""
씨 님 대표 대표이사 교수 박사 대통령 총리 장관 차관 팀장 부장 과장 차장 대리 사원 사장 회장 이사 본부장 실장 국장 의원 감독 선수
작가 기자 판사 변호사 검사 의사 원장 총장 센터장 소장 위원장 위원 시장 지사 왕 황제 장군 대령 중위 목사 신부 스님 화백 시인 가수
배우 매니저 주임 전무 상무 책임 연구원 강사 교사 담당자 대왕 선생 선생님 여사 양 군 중사 하사 병장
""")
ENGLISH_TITLES = _set("""
mr mrs ms dr prof professor sir president minister king queen emperor prince princess pope saint st general captain judge senator
governor mayor chairman director lord lady dame colonel major sergeant chancellor dean coach ceo cto cfo manager
""")
ORGANISATION_HEADS = _set("""
inc ltd corp corporation co company group plc llc gmbh city county department team office division agency act university limited
parliament bank ministry court council union party states church school college institute society association committee commission
board league museum hospital airport river lake island mountains sea street road park station war treaty prize award cup policy plan
center centre federation republic kingdom empire dynasty army navy force service system
""")
# Ends that mark an organisation or place beyond doubt, and ends that do so only where the quote names another one in that place.
STRONG_TAILS = tuple(
    _set("""
위원회 대학교 은행 재단 협회 학회 그룹 공사 공단 연구소 연구원 센터 법원 본부 지점 사업부 사업본부 전자 생명 증권 캐피탈 병원
고등학교 중학교 초등학교 공항 대성당 박물관 미술관 도서관 광역시 특별시 자치도 산맥 반도 왕국 제국 공화국 왕조
""")
)
WEAK_TAILS = tuple(
    _set("""
팀 부 실 청 처 시 구 군 도 국 원 역 산 강 섬 호 성 궁 사 당 교 관 단 대 촌 동 읍 면 법 상 제 왕 족 어 교회 대학 학교 회사 서버 버전
제도 스 크 트 드 아 르 리 니 토 코 프 츠 즈 그 브
""")
)

PLACES = _set("""
서울 부산 대구 인천 광주 대전 울산 세종 경기 강원 충북 충남 전북 전남 경북 경남 제주 수원 성남 용인 고양 창원 청주 전주 천안 포항
안산 안양 판교 여수 순천 목포 군산 강릉 춘천 원주 경주 진주 김해 구미 평택 파주 이천 양산 거제 통영 속초 평양 개성 강남 서초 송파
종로 마포 여의도 한성 한양 한국 대한민국 북한 미국 중국 일본 영국 프랑스 독일 이탈리아 스페인 러시아 캐나다 호주 인도 브라질 멕시코
베트남 태국 필리핀 인도네시아 말레이시아 싱가포르 대만 홍콩 몽골 터키 튀르키예 이란 이라크 이스라엘 이집트 남아프리카 나이지리아
케냐 아르헨티나 칠레 페루 네덜란드 벨기에 스위스 오스트리아 스웨덴 노르웨이 덴마크 핀란드 폴란드 체코 헝가리 그리스 포르투갈
아일랜드 우크라이나 사우디아라비아 뉴질랜드 소련 로마 런던 파리 베를린 도쿄 오사카 교토 베이징 상하이 뉴욕 워싱턴 보스턴 시카고
시애틀 모스크바 빈 마드리드 밀라노 바르셀로나 암스테르담 브뤼셀 제네바 취리히 하노이 호치민 방콕 마닐라 자카르타 시드니 토론토
밴쿠버 뭄바이 델리 두바이 유럽 아시아 아프리카 북미 남미 오세아니아 삼성 현대 엘지 에스케이 롯데 네이버 카카오 쿠팡 구글 애플 아마존
마이크로소프트 메타 테슬라 소니 도요타 고구려 백제 신라 고려 조선 발해 가야 일제
""")

# Nouns that begin like a surname, stand before a title or end like a name and are none.
COMMON_NOUNS = _set("""
직원 사원 회원 임직원 종업원 근로자 노동자 사용자 이용자 신청자 담당자 관리자 책임자 가입자 대상자 당사자 퇴직자 입사자 재직자
보호자 환자 고객 손님 주민 시민 국민 학생 교직원 정규직 계약직 비정규직 임시직 일용직 전임자 신입 신입사원 경력직 수습 수습사원 부서
부서장 팀원 팀장 상사 동료 회사 기업 기관 조직 단체 본사 지사 당사 정부 연차 휴가 휴직 병가 급여 임금 보수 상여금 성과급 수당 퇴직금
보험 비용 경비 금액 요금 예산 세금 지급 신청 승인 제출 접수 보고 결재 검토 심사 평가 교육 훈련 회의 출장 근무 근로 업무 작업 시간
기간 기한 기준 조건 자격 절차 방법 규정 규칙 지침 정책 제도 법률 조항 계약 문서 서류 서식 양식 신청서 보고서 계획서 증명서 영수증
진단서 시스템 서비스 서버 프로그램 데이터 파일 정보 자료 내용 결과 원인 문제 오류 장애 사고 위험 안전 보안 비밀번호 계정 장비 기기
제품 상품 물품 재고 가격 매출 이익 수익 비율 이상 이하 이내 이후 이전 이용 이유 이름 이익 이해 이동 이메일 최대 최소 최근 최종 최초
정도 정보 정책 정상 정기 조건 조사 조직 조치 장소 장비 장기 임시 임신 임기 한도 한번 한달 오전 오후 오늘 오류 서류 서면 서명 신규
신고 권한 권리 황금 안내 안전 안정 전체 전부 전자 전화 전용 전국 고객 고용 고정 문서 문의 문제 양식 손해 배우자 배송 유급 유효 유지
남성 심사 노동 하루 성과 성별 성인 주말 주간 주중 주요 주소 우선 우편 구매 구성 구간 민원 진행 진단 지급 지원 지역 원칙 원인 천재
방문 방법 방식 공휴일 공식 공공 현금 현재 현장 변경 변동 연간 연장 연말 연초 위반 위치 표시 표준 기본 기존 기타 명절 반드시 반기
반환 인원 인사 인증 제한 제공 모든 모두 사유 사전 사후 사항 사업 사례 사용 여부 추가 추석 도착 소속 소득 설정 설날 설치 석유 선택
선임 마감 마지막 길이 경조사 결혼 출산 육아 질병 부상 사망 가족 자녀 부모 조부모 형제 자매 본인 타인 상대방 담당 전담 총괄 개발 기획
디자인 하나 둘 셋 다섯 여러 대부분 일부 나머지 다음 아래 위 앞 뒤 안 밖 오른쪽 왼쪽 날 달 해 주 월 년 일 요일 평일 휴일 영업일
근무일 분기 상반기 하반기
""")

COMMON_STARTS = _set("""
the a an in on at by for with from as if when while after before during since until although though because once unless however
therefore moreover furthermore additionally also thus hence then first second third finally next overall instead otherwise meanwhile
according based under each every all any some many most several both few no none not only it he she they we you i this that these
those there here its his her their our your my who what where which how why one two three employees employee staff workers worker
managers manager members member customers customer users user people students student teachers children patients visitors guests
applicants candidates participants contractors companies company organisations organizations departments teams team offices office
leave overtime travel expenses expense payment payments salary salaries wages bonuses benefits training meetings requests request
applications application approval approvals receipts invoices documents document files file data passwords password accounts access
equipment devices computers laptops phones vehicles cars parking smoking working work remote annual sick parental maternity
paternity paid unpaid full part new old existing current former previous additional other another such same different please note
yes to of about between among over more less at-least up-to nearly almost approximately roughly around about just even still today
now later early contact refunds refund returns orders order products product prices price sales delivery shipping service services
support water air energy oil gas food scientists researchers studies research results evidence experts critics authors engineers
doctors nurses police government governments law laws rules policy policies construction production population temperature growth
demand supply trade tourism education health security safety
""")

# Capitalised in English without being names that a quote must hold: dates and units are checked as such.
CALENDAR_WORDS = _set("""
january february march april may june july august september october november december jan feb mar apr jun jul aug sept sep oct nov dec
monday tuesday wednesday thursday friday saturday sunday mondays fridays q1 q2 q3 q4 h1 h2 am pm bc ad krw usd eur i article section
chapter no kb mb gb tb km kg
""")

# Names that Korean and English, or short and long writing, give differently.
NAME_ALIASES = tuple(
    frozenset(group.split("|"))
    for group in _set("""
ai|인공지능 un|유엔|국제연합 us|usa|미국|미합중국|unitedstates uk|영국|unitedkingdom eu|유럽연합|europeanunion ceo|최고경영자|대표이사
hr|인사|humanresources it|정보기술 seoul|서울 busan|부산 korea|한국|대한민국|southkorea japan|일본 china|중국 tv|텔레비전|television
lg|엘지 sk|에스케이 who|세계보건기구 pc|개인용컴퓨터|컴퓨터 cto|최고기술책임자 cfo|최고재무책임자 france|프랑스 germany|독일
paris|파리 london|런던 tokyo|도쿄 samsung|삼성 vpn|가상사설망 q&a|질의응답 vat|부가가치세|부가세 id|아이디 pdf|피디에프 wifi|와이파이
""")
)
