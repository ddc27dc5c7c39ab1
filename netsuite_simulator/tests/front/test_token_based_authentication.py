"""OAuth 1.0a as NetSuite checks it (docs/NETSUITE.md 2.1)."""

from __future__ import annotations

import time

import pytest
import requests
from oauthlib.oauth1 import Client
from requests_oauthlib import OAuth1

from netsuite_simulator.auth.credentials import Credentials, TokenCredentials
from netsuite_simulator.auth.tba import LoginRefused, TokenAuthentication
from netsuite_simulator.testing import RunningSimulator

# The documented vectors, recomputed (docs/NETSUITE.md 2.1).
VECTOR_TOKENS = TokenCredentials(
    "ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4",
    "d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5",
    "2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc",
    "c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295",
)
VECTOR_TIME = 1508242306
GET_URL = "https://123456.suitetalk.api.netsuite.com/services/rest/record/v1/employee/40"
POST_URL = (
    "https://123456.restlets.api.netsuite.com/app/site/hosting/restlet.nl"
    "?script=6&deploy=1&customParam=someValue&testParam=someOtherValue"
)
VECTORS = [
    ("GET", GET_URL, "B5OIWznZ2YP0OB7VrJrGkYsTh%2B8H%2B5T9Hag%2Bo92q0zY%3D"),
    ("POST", POST_URL, "%2BKK4SKNgz4ZiILGLwOMtfYlgcXSy1eis8ldE9X90azQ%3D"),
]


def vector_header(signature: str, realm: str = "123456") -> dict[str, str]:
    header = (
        f'OAuth realm="{realm}", oauth_consumer_key="{VECTOR_TOKENS.consumer_key}", '
        f'oauth_token="{VECTOR_TOKENS.token_id}", oauth_signature_method="HMAC-SHA256", '
        f'oauth_timestamp="{VECTOR_TIME}", oauth_nonce="fjaLirsIcCGVZWzBX0pg", '
        f'oauth_version="1.0", oauth_signature="{signature}"'
    )
    return {"Authorization": header}


@pytest.fixture
def vectors(monkeypatch: pytest.MonkeyPatch) -> TokenAuthentication:
    monkeypatch.setattr(time, "time", lambda: VECTOR_TIME + 10.0)
    return TokenAuthentication(Credentials(tba=VECTOR_TOKENS), "123456")


@pytest.mark.parametrize(("method", "url", "signature"), VECTORS)
def test_signature_accepted_for_documented_vector(
    vectors: TokenAuthentication, method: str, url: str, signature: str
) -> None:
    vectors.check(method, [url], vector_header(signature), "")


def test_signature_refused_when_a_query_parameter_differs(vectors: TokenAuthentication) -> None:
    method, url, signature = VECTORS[1]

    with pytest.raises(LoginRefused, match="InvalidSignature"):
        vectors.check(method, [url.replace("deploy=1", "deploy=2")], vector_header(signature), "")


def test_signature_refused_when_used_twice(vectors: TokenAuthentication) -> None:
    method, url, signature = VECTORS[0]
    vectors.check(method, [url], vector_header(signature), "")

    with pytest.raises(LoginRefused, match="NonceUsed"):
        vectors.check(method, [url], vector_header(signature), "")


def test_signature_refused_for_another_realm(vectors: TokenAuthentication) -> None:
    method, url, signature = VECTORS[0]

    with pytest.raises(LoginRefused, match="permission_denied"):
        vectors.check(method, [url], vector_header(signature, "654321"), "")


def test_signature_refused_outside_five_minutes(
    vectors: TokenAuthentication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: VECTOR_TIME + 301.0)
    method, url, signature = VECTORS[0]

    with pytest.raises(LoginRefused, match="InvalidTimestamp"):
        vectors.check(method, [url], vector_header(signature), "")


def signed(simulator: RunningSimulator, **changes: str) -> OAuth1:
    values = {**vars(simulator.account.credentials.tba), **changes}
    return OAuth1(
        values["consumer_key"], values["consumer_secret"], values["token_id"],
        values["token_secret"], signature_method=values.get("method", "HMAC-SHA256"),
        realm=values.get("realm", simulator.account_id),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"consumer_secret": "wrong"}, "InvalidSignature"),
        ({"token_secret": "wrong"}, "InvalidSignature"),
        ({"consumer_key": "wrong"}, "consumer_key_unknown"),
        ({"token_id": "wrong"}, "token_rejected"),
        ({"realm": "tstdrv1234567"}, "permission_denied"),
        ({"method": "HMAC-SHA1"}, "UnknownAlgorithm"),
    ],
)
def test_request_refused_with_invalid_login(
    simulator: RunningSimulator, change: dict[str, str], detail: str
) -> None:
    answer = simulator.call("GET", "/record/v1/currency/1", auth=signed(simulator, **change))

    error = answer.json()["o:errorDetails"][0]
    assert answer.status_code == 401
    assert error["o:errorCode"] == "INVALID_LOGIN"
    assert error["detail"].startswith("Invalid login attempt. For more details, see the Login")
    assert answer.headers["Content-Type"].startswith(
        "application/vnd.oracle.resource+json; type=error"
    )
    assert simulator.requests()[-1]["login_detail"] == detail


def test_short_nonce_is_refused(simulator: RunningSimulator) -> None:
    tokens = simulator.account.credentials.tba
    url = f"{simulator.base_url}/services/rest/record/v1/currency/1"
    client = Client(
        tokens.consumer_key, tokens.consumer_secret, tokens.token_id, tokens.token_secret,
        signature_method="HMAC-SHA256", realm=simulator.account_id, nonce="ab",
    )  # fmt: skip
    _, headers, _ = client.sign(url)

    answer = requests.get(url, headers=headers, timeout=10)

    assert answer.status_code == 401
    assert simulator.requests()[-1]["login_detail"] == "nonce_rejected"


def test_request_without_login_is_refused(simulator: RunningSimulator) -> None:
    answer = requests.get(f"{simulator.base_url}/services/rest/record/v1/currency/1", timeout=10)

    assert answer.status_code == 401


def test_token_info_names_role_and_company(simulator: RunningSimulator) -> None:
    answer = requests.get(f"{simulator.base_url}/rest/tokeninfo", auth=simulator.tba(), timeout=10)

    assert answer.json()["companyId"] == simulator.account_id
    assert answer.json()["roleId"] == simulator.account.credentials.integration_user.role
