"""Check digits and dates inside identifiers. Arguments are digits alone unless said otherwise."""

from datetime import date

_RRN_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_BUSINESS_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_CORPORATE_WEIGHTS = (1, 2) * 6
#: Century by the seventh digit of a registration number: Koreans 1-4, 9, 0, foreigners 5-8 (주민등록법 시행규칙 제2조).
_CENTURY = {"9": 1800, "0": 1800, "1": 1900, "2": 1900, "5": 1900, "6": 1900, "3": 2000, "4": 2000, "7": 2000, "8": 2000}


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B: payment cards."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def registration_date(digits: str) -> bool:
    """Whether the first seven digits of a Korean registration number are a birthday that has been."""
    century = _CENTURY[digits[6]]
    try:
        return date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6])) <= date.today()  # noqa: DTZ011 - a birthday has no zone
    except ValueError:
        return False


def registration_checksum(digits: str) -> bool:
    """The thirteenth digit of a Korean registration number; numbers issued since October 2020 have none to check.

    Koreans' is (11 - sum mod 11) mod 10, foreigners' (13 - sum mod 11) mod 10.
    """
    total = sum(int(digit) * weight for digit, weight in zip(digits, _RRN_WEIGHTS, strict=False))
    base = 13 if digits[6] in "5678" else 11
    return (base - total % 11) % 10 == int(digits[12])


def business_number(digits: str) -> bool:
    """사업자등록번호, ten digits: weights 1 3 7 1 3 7 1 3 5, the ninth product's tens added once more."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _BUSINESS_WEIGHTS, strict=False)) + int(digits[8]) * 5 // 10
    return (10 - total % 10) % 10 == int(digits[9])


def corporate_number(digits: str) -> bool:
    """법인등록번호, thirteen digits: weights 1 2 in turn (법인 및 재외국민의 부동산등기용등록번호 부여규칙)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _CORPORATE_WEIGHTS, strict=False))
    return (10 - total % 10) % 10 == int(digits[12])


def iban(compact: str) -> bool:
    """ISO 13616: the number read in base 36, its first four characters moved to the end, is 1 modulo 97. Letters in capitals."""
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1


def social_security_number(digits: str) -> bool:
    """US SSN: areas 000, 666 and 900 to 999, group 00 and serial 0000 are never given (SSA, 2011)."""
    return digits[:3] not in {"000", "666"} and digits[0] != "9" and digits[3:5] != "00" and digits[5:] != "0000"
