"""Identifiers: what is found, where, and what passes."""

from itertools import pairwise

import pytest

from maru.guard.check import Subject
from maru.guard.finding import Finding, without_overlaps
from maru.guard.normalise import normalise
from maru.guard.pii import CHECK as PII
from maru.guard.secrets import CHECK as SECRETS


def identifiers(text: str) -> list[Finding]:
    subject = Subject(text, "input")
    # As policies that say nothing else: what is vaguer than .5 does not count.
    return [one for one in without_overlaps([*PII.find(subject), *SECRETS.find(subject)]) if one.score >= 0.5]


def found(text: str) -> list[tuple[str, str]]:
    return [(finding.label, text[finding.start : finding.end]) for finding in identifiers(text)]


@pytest.mark.parametrize(
    ("text", "label", "value"),
    [
        ("주민번호는 900101-1234568입니다", "KR_RRN", "900101-1234568"),
        ("등록번호 050505 3123456", "KR_RRN", "050505 3123456"),
        ("９００１０１－１２３４５６８", "KR_RRN", "９００１０１－１２３４５６８"),
        ("사업자등록번호: 220-81-62517", "KR_BUSINESS_NUMBER", "220-81-62517"),
        ("전화는 010-1234-5678로 주세요", "PHONE", "010-1234-5678"),
        ("01012345678", "PHONE", "01012345678"),
        ("010 1234 5678", "PHONE", "010 1234 5678"),
        ("82-010-1234-5678", "PHONE", "82-010-1234-5678"),
        ("821012345678", "PHONE", "821012345678"),
        ("8201181401960", "KR_RRN", "8201181401960"),
        ("+82 10-1234-5678", "PHONE", "+82 10-1234-5678"),
        ("02-312-3456", "PHONE", "02-312-3456"),
        ("(031) 123-4567", "PHONE", "(031) 123-4567"),
        ("+82-2-312-3456", "PHONE", "+82-2-312-3456"),
        ("운전면허 11-23-456789-01", "KR_DRIVER_LICENSE", "11-23-456789-01"),
        ("여권번호 M12345678", "KR_PASSPORT", "M12345678"),
        ("my passport number is 123456789.", "PASSPORT", "123456789"),
        ("이영희 과장(02-345-6789)에게", "PHONE", "02-345-6789"),
        ("담당자(010-2345-6789)", "PHONE", "010-2345-6789"),
        ("password: hunter2", "SECRET", "hunter2"),
        ("국민은행 123456-01-123456 홍길동", "BANK_ACCOUNT", "123456-01-123456"),
        ("차량번호 12가 3456", "VEHICLE_PLATE", "12가 3456"),
        ("Write to kim.minji+hr@example.co.kr.", "EMAIL", "kim.minji+hr@example.co.kr"),
        ("4539 1488 0343 6467", "CREDIT_CARD", "4539 1488 0343 6467"),
        ("GB82 WEST 1234 5698 7654 32", "IBAN", "GB82 WEST 1234 5698 7654 32"),
        ("host 86.231.85.193 is down", "IP_ADDRESS", "86.231.85.193"),
        ("d80:e4b5:79da:6cf6:71f3:51f7:9161:c319", "IP_ADDRESS", "d80:e4b5:79da:6cf6:71f3:51f7:9161:c319"),
        ("my SSN: 308-63-0237", "US_SSN", "308-63-0237"),
        ("call (978)645-9740x11144", "PHONE", "(978)645-9740x11144"),
        ("postgres://admin:hunter2secret@db.internal/x", "URL_CREDENTIALS", "postgres://admin:hunter2secret@db.internal"),
        ("key AKIAIOSFODNN7EXAMPLE", "SECRET", "AKIAIOSFODNN7EXAMPLE"),
        ("password: hunter2secret", "SECRET", "hunter2secret"),
        ("비밀번호는 maru2026abc", "SECRET", "maru2026abc"),
    ],
)
def test_found_where_it_stands(text: str, label: str, value: str) -> None:
    assert (label, value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "주문번호 901301-1234567",  # month 13
        "제품번호 220-81-62518 은 품절",  # a business number's checksum, off by one
        "card 4539 1488 0343 6468",
        "버전 1.2.3.4567 을 설치",
        "총 1,234,567,890원",
        "2026-11-21 10:30:00",
        "version 300.1.2.3",
        "연차 15일, 3일 전 신청",
        "the password is required",
        "127.0.0.1",
        "버전 10.2.3.4 배포, version 10.2.3.4 and v10.2.3.4",
        "환자 등록번호 00123456",
        "passport office, room 204",
        "password: short, min 8",
        "GB82 WEST 1234 5698 7654 33",
        "참가자 120명 2026년",
    ],
)
def test_near_misses_pass(text: str) -> None:
    assert found(text) == []


def test_invisible_characters_and_lookalikes_are_read_through() -> None:
    text = "010\u200b-1234\u200b-5678"
    assert found(text) == [("PHONE", text)]
    assert normalise("раssword").text == "password"
    assert normalise("Москва").text == "Москва", "honest Cyrillic stays"
    assert normalise("ｐａｓｓ").text == "pass"


def test_findings_do_not_overlap() -> None:
    findings = identifiers("주민번호 900101-1234568, 카드 4539148803436467, 010-1234-5678, a@b.com")
    assert all(first.end <= second.start for first, second in pairwise(findings))
    assert len(findings) == 4


@pytest.mark.parametrize(
    ("text", "label", "value"),
    [
        ("담당자 홍길동 씨", "NAME", "홍길동"),
        ("성함은 김민지입니다", "NAME", "김민지"),
        ("박영희 고객님", "NAME", "박영희"),
        ("저는 총무팀 남궁혁이라고 합니다", "NAME", "남궁혁"),
        ("제가 노환규입니다", "NAME", "노환규"),
        ("환자 정의형 보호자께", "NAME", "정의형"),
        ("이산 씨가 왔습니다", "NAME", "이산"),
        ("송파구 올림픽로 300 시그니엘로 보내 주세요", "ADDRESS", "송파구 올림픽로 300"),
        ("메일은 jiwoo.han골뱅이naver.com이에요", "EMAIL", "jiwoo.han골뱅이naver.com"),
        ("생년월일 1990년 3월 5일", "DATE_OF_BIRTH", "1990년 3월 5일"),
        ("주소: 서울특별시 강남구 테헤란로 123, 4층 (역삼동)", "ADDRESS", "서울특별시 강남구 테헤란로 123, 4층 (역삼동)"),
        ("부산광역시 해운대구 우동 1410번지", "ADDRESS", "부산광역시 해운대구 우동 1410번지"),
        ("부산 해운대구 우동 1411번지 마린시티 아파트 103동 1502호", "ADDRESS", "부산 해운대구 우동 1411번지 마린시티 아파트 103동 1502호"),
        ("성남시 분당구 판교로 12 푸른마을 7동 301호 앞", "ADDRESS", "성남시 분당구 판교로 12 푸른마을 7동 301호"),
        ("My name is John Smith and", "NAME", "John Smith"),
        ("ask Dr. Jane Doe", "NAME", "Dr. Jane Doe"),
        ("at 12 Main Street, Springfield, IL 62704 now", "ADDRESS", "12 Main Street, Springfield, IL 62704"),
        ("공일공 일이삼사 오육칠팔", "PHONE", "공일공 일이삼사 오육칠팔"),
        ("0 1 0 - 1 2 3 4 - 5 6 7 8", "PHONE", "0 1 0 - 1 2 3 4 - 5 6 7 8"),
        ("zero one zero one two three four five six seven eight", "PHONE", "zero one zero one two three four five six seven eight"),
        ("\\u0030\\u0031\\u0030-1234-5678", "PHONE", "\\u0030\\u0031\\u0030-1234-5678"),
    ],
)
def test_names_addresses_births_and_what_is_dictated(text: str, label: str, value: str) -> None:
    assert (label, value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "고객님 안녕하세요 이용해 주셔서 감사합니다",
        "연차는 15일이며 이번 고객 만족도 조사는 전년 대비 3% 증가",
        "세종대로 가는 길",
        "모든 사람이 환자를 보지 않고 화면만 봅니다",
        "제가 이렇게 말씀드리는 까닭은 저는 이해가 되고요",
        "직원의 권리와 의무, 직원의 안전과 건강",
        "새로 오신 선생님께 진료해 주실 원장님, 부모님도 오시는 환자",
        "강팀을 상대로 11승, 추가로 20명, 진짜로 2, 3개월이 번째로 20-20을",
        "예산은 310조6000억 원이다",
        "mri가 한 대뿐이고 oecd보다 많으며 ktx로 갑니다",
        "the philosopher (1806–1873), doi 10.1038/s41586-020-2649-2",
        "I am Happy to help",
        "This is The end",
    ],
)
def test_ordinary_sentences_name_nobody(text: str) -> None:
    assert found(text) == []
