"""Signing in at the organisation's identity provider, a real one on this machine, with the whole system set to its issuer."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.engines.maru import Maru, session
from tests.fakes.identity_provider import CLIENT, Provider, provider
from tests.live.console.visitor import Visitor

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def organisation() -> Iterator[Provider]:
    """The provider."""
    with provider() as one:
        yield one


@pytest.fixture(scope="module")
def maru(organisation: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maru]:
    """A system of its own, whose people come from there."""
    settings = {"ISSUER": organisation.url, "CLIENT_ID": CLIENT, "TENANT_CLAIM": "tenant"}
    with session(tmp_path_factory.mktemp("maru-oidc"), **{f"MARU_OIDC_{name}": value for name, value in settings.items()}) as running:
        system = running.start()
        organisation.tenant = system.minji.call("GET", "/v1/me")["tenant"]
        yield system


@pytest.fixture(scope="module")
def built(maru: Maru) -> Maru:
    """That system, with its console."""
    return maru


def credential(visitor: Visitor) -> Any:
    """What the tab holds of the person."""
    return visitor.page.evaluate("JSON.parse(sessionStorage.getItem('maru.credential'))")


def come(visitor: Visitor) -> None:
    """Press the button of the organisation's account."""
    visitor.page.goto(f"{visitor.maru.url}/chat")
    visitor.button("app", "signIn.organisation").click()


def refused(visitor: Visitor, key: str) -> None:
    """Nobody is signed in, and it is said why."""
    expect(visitor.page.get_by_role("alert")).to_have_text(visitor.text("app", key))
    assert credential(visitor) is None


def test_flow_41_signs_in_with_the_organisations_account(visitor: Visitor, organisation: Provider) -> None:
    page, organisation.lifetime = visitor.page, 30
    organisation.answered.clear()
    come(visitor)
    # The first token ends too soon to be sent: it is renewed before anything is asked.
    expect(visitor.composer).to_be_visible(timeout=30_000)
    assert organisation.answered[:2] == [("authorization_code", 200), ("refresh_token", 200)]
    expect(page.locator("button.account")).to_contain_text(organisation.user)
    organisation.lifetime = 3600
    page.reload()
    expect(visitor.composer).to_be_visible()
    told = credential(visitor)
    assert visitor.stored("/v1/me", told["bearer"])["user"] == organisation.user
    assert told["refresh"] in organisation.refreshes, "a refresh token is used once"
    assert page.evaluate("Object.values(localStorage).filter(one => one.includes('eyJ')).length") == 0
    page.locator("button.account").click()
    visitor.item("app", "account.signOut").click()
    expect(visitor.button("app", "signIn.organisation")).to_be_visible()
    assert credential(visitor) is None
    organisation.answered.clear()
    page.goto(f"{visitor.maru.url}/signed-in?code=stolen&state=made-up")
    refused(visitor, "signIn.failed")
    organisation.foreign_state = True
    come(visitor)
    refused(visitor, "signIn.failed")
    assert organisation.answered == [], "a code that comes uncalled is never sent on"
    organisation.foreign_state, organisation.foreign_code = False, True
    come(visitor)
    refused(visitor, "signIn.failed")
    assert organisation.answered == [("authorization_code", 400)]
    organisation.foreign_code, organisation.too_early, organisation.refreshing = False, 7200, False
    come(visitor)
    refused(visitor, "signIn.ended")
    organisation.too_early, organisation.refreshing = 0, True
    assert {address.startswith(organisation.url) for address in visitor.foreign} == {True}, "nobody else was asked for anything"
    visitor.foreign.clear()
