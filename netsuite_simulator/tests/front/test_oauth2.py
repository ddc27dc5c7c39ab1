"""OAuth 2.0: client credentials, authorization code with PKCE, OpenID Connect."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from netsuite_simulator.auth.token_endpoint import ASSERTION_TYPE, TOKEN_PATH
from netsuite_simulator.testing import RunningSimulator, running_simulator

STATE = "s" * 22
REDIRECT = "http://127.0.0.1:8069/netsuite/oauth"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")


def token(simulator: RunningSimulator, assertion: str, **form: str) -> requests.Response:
    values = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        **form,
    }
    return requests.post(f"{simulator.base_url}{TOKEN_PATH}", data=values, timeout=10)


def with_bearer(simulator: RunningSimulator, value: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {value}"}
    return simulator.call("GET", "/record/v1/currency/1", auth=None, headers=headers)


@pytest.mark.parametrize(
    "scope", [["rest_webservices"], "rest_webservices restlets", "rest_webservices,restlets"]
)
def test_m2m_token_reads_a_record_whatever_form_scope_has(
    simulator: RunningSimulator, scope: Any
) -> None:
    answer = token(simulator, simulator.assertion(scope=scope))

    assert "refresh_token" not in answer.json()
    assert answer.json()["expires_in"] == 3600
    assert with_bearer(simulator, answer.json()["access_token"]).status_code == 200
    assert simulator.requests()[-1]["auth"] == "m2m"


@pytest.mark.parametrize(
    ("claims", "status", "error"),
    [
        ({"iss": "somebody"}, 401, "invalid_client"),
        ({"aud": "https://example.com/token"}, 400, "invalid_grant"),
        ({"exp": 1}, 400, "invalid_grant"),
        ({"exp": int(time.time()) + 7200}, 400, "invalid_grant"),
        ({"scope": ["everything"]}, 400, "invalid_scope"),
        ({"scope": []}, 400, "invalid_scope"),
    ],
)
def test_m2m_assertion_refused(
    simulator: RunningSimulator, claims: dict[str, Any], status: int, error: str
) -> None:
    answer = token(simulator, simulator.assertion(**claims))

    assert (answer.status_code, answer.json()) == (status, {"error": error})


def test_m2m_assertion_signed_by_another_key_is_refused(simulator: RunningSimulator) -> None:
    with running_simulator("empty") as other:
        stranger = other.account.credentials.m2m.private_key_pem
    certificate = simulator.account.credentials.m2m
    now = int(time.time())
    claims = {
        "iss": certificate.client_id, "scope": ["rest_webservices"], "iat": now, "exp": now + 60,
        "aud": f"{simulator.base_url}{TOKEN_PATH}",
    }  # fmt: skip
    forged = jwt.encode(claims, stranger, "ES256", headers={"kid": certificate.certificate_id})

    answer = token(simulator, forged)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_m2m_assertion_with_hmac_is_refused(simulator: RunningSimulator) -> None:
    claims = {"iss": simulator.account.credentials.m2m.client_id}
    answer = token(simulator, jwt.encode(claims, "x" * 32, "HS256"))

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_m2m_with_rsa_certificate_signs_ps256() -> None:
    with running_simulator("empty", certificate="rsa") as simulator:
        value = simulator.m2m_token()

        assert simulator.account.credentials.m2m.algorithms[0] == "PS256"
        assert with_bearer(simulator, value).status_code == 200


def test_unknown_grant_type_is_refused(simulator: RunningSimulator) -> None:
    answer = token(simulator, simulator.assertion(), grant_type="password")

    assert answer.json() == {"error": "unsupported_grant_type"}


def test_access_token_expires_after_an_hour(simulator: RunningSimulator) -> None:
    value = simulator.m2m_token()
    simulator.clock(advance=3500)
    assert with_bearer(simulator, value).status_code == 200

    simulator.clock(advance=101)
    answer = with_bearer(simulator, value)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == (
        f'Bearer realm="{simulator.account_id}", error="invalid_token", '
        'error_description="Invalid login attempt."'
    )


def test_token_without_the_scope_is_refused(simulator: RunningSimulator) -> None:
    value = token(simulator, simulator.assertion(scope=["restlets"])).json()["access_token"]

    assert with_bearer(simulator, value).status_code == 401


def test_expires_in_comes_as_text_by_switch(simulator: RunningSimulator) -> None:
    simulator.switches(expires_in_as_string=True)

    assert token(simulator, simulator.assertion()).json()["expires_in"] == "3600"


# === Authorization code === #


def authorize(simulator: RunningSimulator, client: str, **changes: str) -> requests.Response:
    values = {
        "response_type": "code", "client_id": client, "redirect_uri": REDIRECT,
        "scope": "rest_webservices restlets", "state": STATE, "code_challenge_method": "S256",
        "code_challenge": CHALLENGE.decode(), "sim_user": "8", **changes,
    }  # fmt: skip
    return requests.get(
        f"{simulator.base_url}/app/login/oauth2/authorize.nl", params=values,
        allow_redirects=False, timeout=10,
    )  # fmt: skip


def returned(answer: requests.Response) -> dict[str, str]:
    query = urlsplit(answer.headers["Location"]).query
    return {name: values[0] for name, values in parse_qs(query).items()}


def exchange(simulator: RunningSimulator, kind: str, code: str, **form: str) -> requests.Response:
    client = getattr(simulator.account.credentials, kind)
    values = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER, **form,
    }  # fmt: skip
    return requests.post(
        f"{simulator.base_url}{TOKEN_PATH}", data=values, timeout=10,
        auth=(client.client_id, client.client_secret),
    )  # fmt: skip


def test_code_flow_gives_tokens_that_work(simulator: RunningSimulator) -> None:
    back = returned(authorize(simulator, simulator.account.credentials.oauth2.client_id))
    assert back["state"] == STATE
    assert (back["entity"], back["company"]) == ("8", simulator.account_id)

    tokens = exchange(simulator, "oauth2", back["code"]).json()

    assert tokens["token_type"] == "bearer"
    assert with_bearer(simulator, tokens["access_token"]).status_code == 200
    assert simulator.requests()[-1]["auth"] == "access"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"sim_deny": "1"}, "access_denied"),
        ({"state": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "everything"}, "invalid_scope"),
    ],
)
def test_authorization_error_goes_back_to_the_client(
    simulator: RunningSimulator, change: dict[str, str], error: str
) -> None:
    client = simulator.account.credentials.oauth2.client_id

    assert returned(authorize(simulator, client, **change))["error"] == error


def test_unknown_client_or_redirect_never_redirects(simulator: RunningSimulator) -> None:
    client = simulator.account.credentials.oauth2.client_id
    simulator._control("POST", "redirect_uris", [REDIRECT])
    try:
        answers = [
            authorize(simulator, "unknown"),
            authorize(simulator, client, redirect_uri=f"{REDIRECT}/other"),
        ]
    finally:
        simulator._control("POST", "redirect_uris", [])

    assert [answer.status_code for answer in answers] == [400, 400]
    assert not any("Location" in answer.headers for answer in answers)


def test_code_is_refused_twice_and_with_a_wrong_verifier(simulator: RunningSimulator) -> None:
    client = simulator.account.credentials.oauth2.client_id
    code = returned(authorize(simulator, client))["code"]
    wrong = exchange(simulator, "oauth2", code, code_verifier="w" * 43)
    again = exchange(simulator, "oauth2", code)

    assert [answer.json()["error"] for answer in (wrong, again)] == ["invalid_grant"] * 2


def test_wrong_client_secret_is_challenged(simulator: RunningSimulator) -> None:
    client = simulator.account.credentials.oauth2.client_id
    code = returned(authorize(simulator, client))["code"]
    answer = requests.post(
        f"{simulator.base_url}{TOKEN_PATH}", auth=(client, "wrong"), timeout=10,
        data={"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT},
    )  # fmt: skip

    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert answer.headers["WWW-Authenticate"] == f'Basic realm="{simulator.account_id}"'


def test_refresh_token_of_confidential_client_lives_seven_days_and_is_not_renewed(
    simulator: RunningSimulator,
) -> None:
    client = simulator.account.credentials.oauth2.client_id
    tokens = exchange(simulator, "oauth2", returned(authorize(simulator, client))["code"]).json()
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    simulator.clock(advance=6 * 86400)
    renewed = exchange(simulator, "oauth2", "", **form)
    simulator.clock(advance=86401)
    late = exchange(simulator, "oauth2", "", **form)

    assert "refresh_token" not in renewed.json()
    assert renewed.json()["access_token"]
    assert (late.status_code, late.json()["error"]) == (400, "invalid_grant")


def test_revoked_consent_ends_refresh_and_access(simulator: RunningSimulator) -> None:
    client = simulator.account.credentials.oauth2
    code = returned(authorize(simulator, client.client_id))["code"]
    tokens = exchange(simulator, "oauth2", code).json()
    revoked = requests.post(
        f"{simulator.base_url}/services/rest/auth/oauth2/v1/revoke", timeout=10,
        data={"token": tokens["refresh_token"]}, auth=(client.client_id, client.client_secret),
    )  # fmt: skip
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}

    assert revoked.status_code == 200
    assert exchange(simulator, "oauth2", "", **form).json()["error"] == "invalid_grant"
    assert with_bearer(simulator, tokens["access_token"]).status_code == 401


def test_id_token_has_netsuite_claims_and_verifies_against_jwks(
    simulator: RunningSimulator,
) -> None:
    client = simulator.account.credentials.oidc
    back = returned(authorize(simulator, client.client_id, scope="openid email", nonce="n-1"))
    id_token = exchange(simulator, "oidc", back["code"]).json()["id_token"]
    discovery = requests.get(
        f"{simulator.base_url}/.well-known/openid-configuration", timeout=10
    ).json()
    keys = requests.get(discovery["jwks_uri"], timeout=10).json()["keys"]
    key = next(k for k in keys if k["kid"] == jwt.get_unverified_header(id_token)["kid"])

    claims = jwt.decode(
        id_token, jwt.PyJWK(key).key, algorithms=["PS256"], audience=client.client_id,
        options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )  # fmt: skip

    assert claims["iss"] == "https://system.netsuite.com"
    assert claims["sub"] == "1042;8"
    assert claims["aud"][0].endswith(f";{simulator.account_id}")
    assert claims["nonce"] == "n-1"
    assert claims["email"] == "robin.vale@example.com"
    assert claims["email_verified"] is False


def test_id_token_without_email_scope_has_no_email(simulator: RunningSimulator) -> None:
    client = simulator.account.credentials.oidc
    back = returned(authorize(simulator, client.client_id, scope="openid"))
    id_token = exchange(simulator, "oidc", back["code"]).json()["id_token"]

    assert "email" not in jwt.decode(id_token, options={"verify_signature": False})


def test_login_page_lists_the_users(simulator: RunningSimulator) -> None:
    client = simulator.account.credentials.oidc.client_id
    page = authorize(simulator, client, sim_user="", scope="openid")

    assert page.status_code == 200
    assert "Robin Vale" in page.text
