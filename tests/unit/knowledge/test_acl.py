"""Access-control lists: their grammar, their encoding in S3's metadata, their size."""

from urllib.parse import quote

import pytest

from maru.errors import BadRequest
from maru.knowledge.acl import acl_from_json, acl_from_metadata, check_acl, check_size, permits


def test_entries_keep_their_order_and_come_once() -> None:
    assert check_acl(["group:hr", "user:kim", "group:hr", "public"]) == ("group:hr", "user:kim", "public")


@pytest.mark.parametrize(
    "value", [[], "public", None, ["hr"], ["group:"], ["user:a b"], ["group:a,b"], [1], ["Public"], ["group:" + "a" * 129]]
)
def test_what_is_no_acl_is_refused(value: object) -> None:
    with pytest.raises(BadRequest) as refused:
        check_acl(value)
    assert refused.value.param == "acl"


def test_a_form_field_is_json() -> None:
    assert acl_from_json('["group:인사"]') == ("group:인사",)
    for broken in ("group:hr", '"public"', "{}", "[", "[]"):
        with pytest.raises(BadRequest):
            acl_from_json(broken)


@pytest.mark.parametrize(
    "value",
    [
        "group:" + quote("인사") + ",user:kim",
        quote("group:인사,user:kim"),
        quote("group:인사") + ", " + quote("user:kim"),
    ],
)
def test_metadata_is_percent_encoded(value: str) -> None:
    assert acl_from_metadata(value) == ("group:인사", "user:kim")


@pytest.mark.parametrize("value", ["", "group:%zz", "group:%EC%9D", "group:인사", "everyone", "public,,user:a", "%"])
def test_metadata_that_cannot_be_read_is_refused(value: str) -> None:
    with pytest.raises(BadRequest):
        acl_from_metadata(value)


def test_acl_and_attributes_share_a_size() -> None:
    check_size(["public"], {"a": "b" * 512, "c": "d" * 512})
    with pytest.raises(BadRequest) as refused:
        check_size([f"group:{n:0100d}" for n in range(10)], {"a": "가" * 300})
    assert "1.5 KB" in refused.value.message


def test_permission_is_an_intersection() -> None:
    assert permits(["group:hr"], ["user:kim", "group:hr", "public"])
    assert not permits(["group:hr"], ["user:hr", "public"])
    assert not permits([], ["public"])
