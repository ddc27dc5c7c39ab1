from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kolleno_netsuite.client.account import AccountId, AccountIdError
from kolleno_netsuite.client.ui_links import ui_url


@pytest.mark.parametrize(
    ("typed", "realm", "host", "environment"),
    [
        ("1234567", "1234567", "1234567", "production"),
        (" 1234567_SB1 ", "1234567_SB1", "1234567-sb1", "sandbox"),
        ("1234567-sb1", "1234567_SB1", "1234567-sb1", "sandbox"),
        ("1234567_RP2", "1234567_RP2", "1234567-rp2", "release_preview"),
        ("tstdrv1236577", "TSTDRV1236577", "tstdrv1236577", "test_drive"),
        (
            "https://1234567-sb2.app.netsuite.com/app/center/card.nl?sc=-29",
            "1234567_SB2",
            "1234567-sb2",
            "sandbox",
        ),
        ("1234567.suitetalk.api.netsuite.com", "1234567", "1234567", "production"),
        ("https://TSTDRV1.restlets.api.netsuite.com", "TSTDRV1", "tstdrv1", "test_drive"),
    ],
)
def test_account_is_read_in_every_spelling(typed, realm, host, environment):
    account = AccountId.parse(typed)

    assert (account.realm, account.host, account.environment) == (realm, host, environment)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1",
        "1234567.evil.example",
        "1234567@evil.example",
        "1234567/..",
        "1234567\nx",
        "12345 67",
        "1234567#",
        "_SB1",
        "1234567_",
        "é1234567",
        "https://system.netsuite.com/app/center/card.nl",
        "https://1234567.app.netsuite.com.evil.example/",
        "https://user:secret@1234567.app.netsuite.com/",
        "https://evil.example/?x=1234567.app.netsuite.com",
        "http://1234567.app.netsuite.com/",
        "https://[1234567.app.netsuite.com",
        "https://1234567.app.netsuite.com:x/",
        "x" * 60,
    ],
)
def test_account_refuses_what_could_change_the_host(typed):
    with pytest.raises(AccountIdError) as caught:
        AccountId.parse(typed)
    assert str(caught.value).endswith(".")


@given(st.text(max_size=30))
def test_account_host_is_one_dns_label_whatever_is_typed(typed):
    try:
        account = AccountId.parse(typed)
    except AccountIdError:
        return
    assert all(
        character.isascii() and (character.isalnum() or character == "-")
        for character in account.host
    )
    assert account.service_urls().rest == f"https://{account.host}.suitetalk.api.netsuite.com"


def test_service_urls_follow_the_account():
    urls = AccountId.parse("1234567_SB1").service_urls()

    assert urls.restlet == "https://1234567-sb1.restlets.api.netsuite.com"
    assert urls.app == "https://1234567-sb1.app.netsuite.com"
    assert urls.token.endswith(".suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token")
    assert urls.authorize == "https://1234567-sb1.app.netsuite.com/app/login/oauth2/authorize.nl"


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:8000/", "http://localhost:8069", "https://[::1]:9000", "http://127.8.8.8"],
)
def test_override_may_point_to_this_computer(address):
    urls = AccountId.parse("1234567").service_urls(address)

    assert urls.rest == urls.restlet == urls.app == address.rstrip("/")


@pytest.mark.parametrize(
    "address",
    [
        "http://simulator.example:8000",
        "http://10.0.0.1",
        "http://127.0.0.1.evil.example",
        "ftp://127.0.0.1",
        "http://user@127.0.0.1",
        "http://127.0.0.1/?x=1",
        "http://127.0.0.1\\@evil.example",
        "//127.0.0.1",
        "http://0.0.0.0",
    ],
)
def test_override_to_any_other_host_is_refused(address):
    with pytest.raises(AccountIdError):
        AccountId.parse("1234567").service_urls(address)


def test_override_to_a_host_that_the_administrator_allows():
    account = AccountId.parse("1234567")

    urls = account.service_urls("http://sim.example:8000", allowed_hosts=["SIM.example"])

    assert urls.rest == "http://sim.example:8000"
    with pytest.raises(AccountIdError):
        account.service_urls("http://sim.example:8001", allowed_hosts=["sim.example:8000"])


@pytest.mark.parametrize(
    ("record_type", "page"),
    [
        ("CustInvc", "accounting/transactions/custinvc"),
        ("invoice", "accounting/transactions/custinvc"),
        ("customerPayment", "accounting/transactions/custpymt"),
        ("creditmemo", "accounting/transactions/custcred"),
        ("Journal", "accounting/transactions/journal"),
        ("customer", "common/entity/custjob"),
    ],
)
def test_ui_url_leads_to_the_page_of_the_type(record_type, page):
    urls = AccountId.parse("1234567_SB1").service_urls()

    assert (
        ui_url(urls, record_type, "42")
        == f"https://1234567-sb1.app.netsuite.com/app/{page}.nl?id=42"
    )


def test_ui_url_of_a_type_without_page_is_none():
    assert ui_url(AccountId.parse("1234567").service_urls(), "systemNote", 1) is None
