"""Texts in which the parts of articles and codes stand apart and together, for engines that search text."""

TEXTS = {
    "21-3": "제21조 3항 출장비",
    "12-3": "제12조에 따라 구매액이 크면 부서장의 승인을 받는다. 제12조 3항은 긴급한 구매에서 사후 승인을 받는 절차를 정한다.",
    "4012": "ERR-4012 appears once the certificate has run out and must be renewed before the service starts.",
    "4021": "ERR-4021, disk full",
}
OTHERS = {f"other-{number}": f"Text {number} about something else, 다른 이야기 {number}건" for number in range(30, 60)}
