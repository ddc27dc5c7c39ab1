from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, unquote

import jwt
import oauthlib.oauth1.rfc5849 as oauth1
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from kolleno_netsuite.client.auth import (
    M2mAuth,
    MemoryTokenStore,
    TbaAuth,
    Token,
    TokenAuthError,
    new_key_pair,
)
from kolleno_netsuite.client.errors import AuthError, ConcurrencyError, TransientError

from .scripted_server import drop, refuse, reply

# The documented example of a signature, recomputed (docs/NETSUITE.md 2.1).
DOCUMENTED = TbaAuth(
    "ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4",
    "d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5",
    "2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc",
    "c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295",
    "123456",
)
RESTLET = (
    "https://123456.restlets.api.netsuite.com/app/site/hosting/restlet.nl"
    "?script=6&deploy=1&customParam=someValue&testParam=someOtherValue"
)
TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"


def pem_of(key) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture(scope="module")
def key_pair():
    return new_key_pair("Odoo & Søn")


@pytest.fixture
def m2m(server, key_pair):
    def make(**options):
        return M2mAuth(
            "client", "cert", key_pair.private_key_pem, server.base_url + TOKEN_PATH, **options
        )

    return make


@pytest.mark.parametrize(
    ("method", "url", "signature"),
    [
        (
            "GET",
            "https://123456.suitetalk.api.netsuite.com/services/rest/record/v1/employee/40",
            "B5OIWznZ2YP0OB7VrJrGkYsTh+8H+5T9Hag+o92q0zY=",
        ),
        (
            "POST",
            RESTLET,
            "+KK4SKNgz4ZiILGLwOMtfYlgcXSy1eis8ldE9X90azQ=",
        ),
    ],
)
def test_tba_signature_equals_the_documented_example(monkeypatch, method, url, signature):
    monkeypatch.setattr(oauth1, "generate_nonce", lambda: "fjaLirsIcCGVZWzBX0pg")
    monkeypatch.setattr(oauth1, "generate_timestamp", lambda: "1508242306")

    prepared = requests.Request(
        method, url, auth=DOCUMENTED, data=b"{}", headers={"Content-Type": "application/json"}
    ).prepare()

    header = prepared.headers["Authorization"]
    header = header.decode() if isinstance(header, bytes) else header
    assert header.startswith('OAuth realm="123456", ')
    assert 'oauth_signature_method="HMAC-SHA256"' in header
    assert unquote(header.partition('oauth_signature="')[2].rstrip('"')) == signature


def test_tba_uses_a_fresh_nonce_for_each_try(server, kit_of):
    server.answer(reply(503, "<html>busy</html>", content_type="text/html"), reply(200, {}))

    kit_of(DOCUMENTED).transport.request("GET", "/services/rest/record/v1/customer/1")

    nonces = [
        seen.headers["Authorization"].partition("oauth_nonce=")[2][:20] for seen in server.seen
    ]
    assert len(set(nonces)) == 2


def test_secrets_do_not_show_in_representations(key_pair):
    shown = repr(DOCUMENTED) + repr(key_pair) + repr(Token("tok-123", 1.0))

    assert "tok-123" not in shown
    assert "PRIVATE" not in shown
    assert "d26ad3" not in shown


def test_key_pair_is_what_netsuite_accepts(key_pair):
    certificate = x509.load_pem_x509_certificate(key_pair.certificate_pem.encode())
    key = serialization.load_pem_private_key(key_pair.private_key_pem.encode(), None)

    assert certificate.public_key() == key.public_key()
    assert key.key_size == 3072
    lifetime = key_pair.not_after - datetime.now(timezone.utc)
    assert timedelta(days=728) < lifetime < timedelta(days=730)
    assert certificate.not_valid_after_utc == key_pair.not_after
    assert certificate.not_valid_before_utc < datetime.now(timezone.utc)


@pytest.mark.parametrize(
    ("curve", "algorithm"),
    [(ec.SECP256R1(), "ES256"), (ec.SECP384R1(), "ES384"), (ec.SECP521R1(), "ES512")],
)
def test_assertion_algorithm_follows_the_curve(curve, algorithm):
    auth = M2mAuth("c", "k", pem_of(ec.generate_private_key(curve)), "http://127.0.0.1:1/token")

    assert auth.algorithm == algorithm


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "no key",
        pem_of(rsa.generate_private_key(65537, 1024)),
        pem_of(ec.generate_private_key(ec.SECP256R1()))[:100],
    ],
)
def test_unusable_private_key_is_refused_at_once(pem):
    with pytest.raises(TokenAuthError) as caught:
        _ = M2mAuth("c", "k", pem, "http://127.0.0.1:1/token").algorithm

    assert caught.value.code == "PRIVATE_KEY_UNUSABLE"


def encrypted_pem(form) -> str:
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM, form, serialization.BestAvailableEncryption(b"secret")
        )
        .decode()
    )


@pytest.mark.parametrize("form", [serialization.PrivateFormat.PKCS8,
                                  serialization.PrivateFormat.TraditionalOpenSSL])  # fmt: skip
def test_key_with_a_password_is_named_so(form):
    with pytest.raises(TokenAuthError) as caught:
        _ = M2mAuth("c", "k", encrypted_pem(form), "http://127.0.0.1:1/token").algorithm

    assert caught.value.code == "PRIVATE_KEY_ENCRYPTED"


def test_certificate_or_public_key_in_place_of_the_key_is_named_so(key_pair):
    public = (
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )
    codes = []
    for pasted in (key_pair.certificate_pem, f"\n {key_pair.certificate_pem}", public, "ssh-rsa A"):
        with pytest.raises(TokenAuthError) as caught:
            _ = M2mAuth("c", "k", pasted, "http://127.0.0.1:1/token").algorithm
        codes.append(caught.value.code)

    assert codes == ["PRIVATE_KEY_IS_CERTIFICATE"] * 2 + ["PRIVATE_KEY_IS_PUBLIC"] * 2


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_key_is_found_beside_its_certificate(key_pair, order):
    pasted = "\n".join([key_pair.certificate_pem, key_pair.private_key_pem][order])

    assert M2mAuth("c", "k", pasted, "http://127.0.0.1:1/token").algorithm == "PS256"


def test_assertion_is_signed_as_netsuite_asks(server, m2m, kit_of, key_pair):
    server.answer(
        reply(200, {"access_token": "tok", "expires_in": "3600", "token_type": "bearer"}),
        reply(200, {}),
    )
    auth = m2m()

    kit_of(auth).transport.request("GET", "/services/rest/record/v1/customer/1")

    form = {key: value[0] for key, value in parse_qs(server.seen[0].body).items()}
    public = x509.load_pem_x509_certificate(key_pair.certificate_pem.encode()).public_key()
    assertion = form["client_assertion"]
    claims = jwt.decode(
        assertion, public, algorithms=["PS256"], audience=server.base_url + TOKEN_PATH
    )
    assert jwt.get_unverified_header(assertion) == {"alg": "PS256", "kid": "cert", "typ": "JWT"}
    assert claims["iss"] == "client"
    assert claims["scope"] == ["rest_webservices", "restlets"]
    assert 0 < claims["exp"] - claims["iat"] < 3600
    assert form["grant_type"] == "client_credentials"
    assert "Authorization" not in server.seen[0].headers
    assert server.seen[1].headers["Authorization"] == "Bearer tok"


def test_token_is_fetched_once_and_again_before_it_ends(server, m2m, kit_of):
    now = [1000.0]
    server.answer(reply(200, {"access_token": "tok", "expires_in": 3600}))
    kit = kit_of(m2m(clock=lambda: now[0]))

    for moment in (1000.0, 1001.0, 1000.0 + 3600 - 119):
        now[0] = moment
        kit.transport.request("GET", "/services/rest/record/v1/customer/1")

    assert [seen.path == TOKEN_PATH for seen in server.seen] == [True, False, False, True, False]


def test_token_of_another_process_is_used(server, m2m, kit_of):
    store = MemoryTokenStore()
    store.put(Token("theirs", time.time() + 3000))
    server.answer(reply(200, {}))

    kit_of(m2m(token_store=store)).transport.request("GET", "/services/rest/record/v1/customer/1")

    assert [seen.headers["Authorization"] for seen in server.seen] == ["Bearer theirs"]


def test_expired_token_is_renewed_once_and_the_write_goes_through(server, m2m, kit_of):
    store = MemoryTokenStore()
    store.put(Token("old", time.time() + 3000))
    challenge = (
        'Bearer realm="1", error="invalid_token", error_description="Invalid login attempt."'
    )
    server.answer(
        reply(401, None, WWW_Authenticate=challenge),
        reply(200, {"access_token": "new", "expires_in": 3600}),
        reply(204, None, Location="/services/rest/record/v1/customer/7"),
    )
    kit = kit_of(m2m(token_store=store))

    kit.transport.request("POST", "/services/rest/record/v1/customer", json={})

    assert [seen.headers.get("Authorization") for seen in server.seen] == [
        "Bearer old",
        None,
        "Bearer new",
    ]
    assert kit.sleeps == []


def test_refused_token_is_not_renewed_in_a_loop(server, m2m, kit_of):
    token = reply(200, {"access_token": "tok", "expires_in": 3600})
    unauthorized = refuse(401, "INVALID_LOGIN", "Invalid login attempt.")
    server.answer(token, unauthorized, token, unauthorized)

    with pytest.raises(AuthError) as caught:
        kit_of(m2m()).transport.request("GET", "/services/rest/record/v1/customer/1")

    assert caught.value.code == "INVALID_LOGIN"
    assert len(server.seen) == 4


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (reply(400, {"error": "invalid_grant"}), "invalid_grant"),
        (reply(401, {"error": "invalid_client"}), "invalid_client"),
        (reply(400, {"error": "invalid_request", "error_description": "x"}), "invalid_request"),
        (reply(200, {"token": "x"}), "TOKEN_ANSWER_UNUSABLE"),
        (
            refuse(
                400,
                "USER_ERROR",
                "This user has exceeded the number of active access tokens for this role.",
            ),
            "ACTIVE_TOKEN_LIMIT",
        ),
        (
            reply(
                400,
                {
                    "error": "invalid_grant",
                    "error_description": "This user has exceeded the number of active access "
                    "tokens for this role.",
                },
            ),
            "ACTIVE_TOKEN_LIMIT",
        ),
    ],
)
def test_refused_login_is_not_repeated(server, m2m, kit_of, answer, code):
    server.answer(answer)
    kit = kit_of(m2m())

    with pytest.raises(TokenAuthError) as caught:
        kit.transport.request("GET", "/services/rest/record/v1/customer/1")

    assert caught.value.code == code
    assert len(server.seen) == 1


def test_login_service_out_of_order_is_waited_for_even_by_a_write(server, m2m, kit_of):
    server.answer(
        reply(502, "<html>Bad gateway</html>", content_type="text/html"),
        drop,
        reply(200, "<html>Back soon</html>", content_type="text/html"),
        reply(200, {"access_token": "tok", "expires_in": 3600}),
        reply(204),
    )
    kit = kit_of(m2m())

    kit.transport.request("POST", "/services/rest/record/v1/customer", json={})

    assert kit.sleeps == [1.0, 2.0, 4.0]
    assert [seen.path for seen in server.seen][-1] == "/services/rest/record/v1/customer"


def test_login_call_is_reported_without_the_assertion(server, m2m):
    calls = []
    server.answer(reply(400, {"error": "invalid_grant"}))

    with pytest.raises(TokenAuthError):
        m2m(on_call=calls.append)(requests.Request("GET", server.base_url).prepare())

    assert [(call.path, call.code, call.status) for call in calls] == [
        (TOKEN_PATH, "invalid_grant", 400)
    ]
    assert "eyJ" not in repr(calls)


def test_login_over_the_concurrency_limit_halves_the_width(server, m2m, kit_of):
    server.answer(
        refuse(429, "CONCURRENCY_LIMIT_EXCEEDED"),
        reply(200, {"access_token": "tok", "expires_in": 3600}),
        reply(200, {}),
    )
    kit = kit_of(m2m())

    kit.transport.request("GET", "/services/rest/record/v1/customer/1")

    assert kit.limiter.width == 2


def test_unreachable_login_is_transient(m2m, server):
    server.answer(drop)

    with pytest.raises(TransientError):
        m2m()(requests.Request("GET", server.base_url).prepare())
    server.answer(refuse(429, "CONCURRENCY_LIMIT_EXCEEDED"))
    with pytest.raises(ConcurrencyError):
        m2m()(requests.Request("GET", server.base_url).prepare())
