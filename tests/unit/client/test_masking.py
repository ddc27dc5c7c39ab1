"""What must never stand in a log, in every form in which NetSuite and proxies quote it."""

from __future__ import annotations

import importlib
import json
import re
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

import pytest

from kolleno_netsuite.client import masking
from kolleno_netsuite.client.masking import MASKED_LENGTH, mask

# Its name in Python 3.10, and since then.
PARSER = getattr(re, "_parser", None) or importlib.import_module("sre_parse")
SECRET = "S3cr3tValue99xyz"
NAMES = (
    *("access_token", "refresh_token", "oauth_token", "token_secret", "tokenSecret", "token_id"),
    *("consumer_key", "consumerKey", "consumer_secret", "oauth_consumer_key", "client_secret"),
    *("client_assertion", "oauth_signature", "nlauth_signature", "oauth_nonce", "private_key"),
    *("password", "api_key", "JSESSIONID", "iban", "accountNumber", "card_number", "ccnumber"),
)
# How a name and its value are written down.
FORMS = {
    "JSON": lambda name, value: json.dumps({"a": 1, name: value, "b": 2}),
    "JSON without blanks": lambda name, value: f'{{"{name}":"{value}"}}',
    "JSON in a text": lambda name, value: json.dumps({"q": json.dumps({name: value})}),
    "JSON in a text in a text": lambda name, value: json.dumps(
        json.dumps({"q": json.dumps({name: value})})
    ),
    "JSON in a web page": lambda name, value: escape(json.dumps({name: value}), {'"': "&quot;"}),
    "JSON with codes for quotes": lambda name, value: (
        f"{{\\u0022{name}\\u0022:\\u0022{value}\\u0022,\\u0022b\\u0022:2}}"
    ),
    "JSON in an address": lambda name, value: "/x?body=" + quote(json.dumps({name: value})),
    "Python": lambda name, value: f"refused: { ({name: value})!r}",
    "query": lambda name, value: "/app?" + urlencode({"a": 1, name: value, "b": 2}),
    "query in an address": lambda name, value: "/x?next=" + quote(urlencode({name: value, "b": 2})),
    "header": lambda name, value: f'OAuth realm="1", {name}="{value}", oauth_version="1.0"',
    "header in single quotes": lambda name, value: f"{name}='{value}'",
    "XML": lambda name, value: f"<{name}>{value}</{name}>",
    "XML with a namespace": lambda name, value: (
        f'<ns1:{name} xsi:type="string">\n  {value}\n</ns1:{name}>'
    ),
    "setting": lambda name, value: f"{name} = {value}",
    "text": lambda name, value: f"The request had {name}: {value}, which is wrong",
    "never closed": lambda name, value: f'{{"{name}": "{value}',
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_secret_vanishes_under_every_name_in_every_form(name, form):
    masked = mask(FORMS[form](name, SECRET))

    assert SECRET not in masked
    assert "***" in masked


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {SECRET}",
        f"authorization=Bearer {SECRET}",
        f'Authorization: OAuth realm="1", oauth_token="a", oauth_signature="{SECRET}"',
        f"Authorization: Basic {SECRET}==",
        f"Authorization: NLAuth nlauth_account=1, nlauth_email=a, nlauth_signature={SECRET}",
        f'{{"headers": {{"Authorization": "Bearer {SECRET}", "Accept": "*/*"}}}}',
        f"sent Bearer {SECRET} and was refused",
        f"Cookie: a=b; JSESSIONID={SECRET}; c=d",
        f"Set-Cookie: NS_VER={SECRET}; Path=/",
        f"https://user:{SECRET}@proxy.example:8080/x",
        f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----",
        f"-----BEGIN RSA PRIVATE KEY-----\\n{SECRET}\\nAB",
        f"-----BEGIN EC PRIVATE KEY-----\n{SECRET}",
        f'{{"private_key": "-----BEGIN PRIVATE KEY-----\\n{SECRET}\\n"}}',
        f'{{"password": "with \\" and {SECRET}"}}',
        json.dumps({"q": json.dumps({"password": f'with " and {SECRET}'})}),
        f"eyJhbGciOi.{SECRET}.sig",
        f"assertion was eyJhbGciOi.{SECRET}",
        f"{SECRET}@example.com",
        f"{SECRET}%40example.com",
        f'{{"contents": "{SECRET}"}}',
        f"/token?code={SECRET}",
    ],
)
def test_secret_vanishes_in(text):
    assert SECRET not in mask(text)


@pytest.mark.parametrize(
    "number",
    [
        *("4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "5500.0000.0000.0004"),
        *("4111\u00a01111\u00a01111\u00a01111", "3782 822463 10005", "3782-822463-10005"),
        *("DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19", "6011 0009 9013 9424"),
    ],
)
def test_number_of_a_bank_or_a_card_vanishes(number):
    assert mask(f"pay to {number}, please") == "pay to ***, please"


@pytest.mark.parametrize(
    "text",
    [
        '{"q": "SELECT t.id FROM transaction t WHERE t.id > 123456", "total": 12.5}',
        "SELECT a.id, a.accountsearchdisplayname FROM account a WHERE a.id <= 9876543210",
        "Invoice INV-2024-000123 of 2024-01-31 12:00:00 over 1,234,567.89 USD",
        "2024-05-01 2024-06-01 2024-07-01, 2024-01-31T10:00:00.000Z",
        "ids 1001 1002 1003 1004 1005 and 2001 2002 2003 2004",
        "Amounts 4000 5000 6000 7001",
        "Call +44 20 7946 0958 or +1 555 0100",
        "Token-based authentication is off. OAuth 2.0 and Basic authentication are not.",
        "Invalid login attempt: the signature does not match, or the token has expired.",
        "Signature: does not match. Token: rejected",
        "error code: USER_ERROR",
        "Field 'custbody_stage' for record 'invoice' was not found.",
        "The consumer key was not found; see https://system.netsuite.com/app/login?whence=1",
        "0.1234567890123456",
    ],
)
def test_what_an_engineer_needs_stays_readable(text):
    assert mask(text) == text


def test_what_stands_beside_a_secret_stays_readable():
    masked = mask(json.dumps({"access_token": SECRET, "expires_in": 3600, "scope": "restlets"}))

    assert json.loads(masked) == {"access_token": "***", "expires_in": 3600, "scope": "restlets"}


# === LENGTH === #


def test_long_text_is_cut_before_it_is_masked():
    text = "ab " * 1_000_000

    assert len(mask(text)) <= MASKED_LENGTH


@pytest.mark.parametrize("secret", ["jane.doe@example.com", "4111111111111111", SECRET])
def test_what_is_cut_in_two_vanishes_as_well(secret):
    for kept in range(len(secret)):
        filling = "x " * MASKED_LENGTH
        named = f'"password": "{secret}' if secret == SECRET else secret
        room = MASKED_LENGTH - len(named) + len(secret) - kept
        masked = mask(filling[:room] + named + " and so on")

        assert secret[: max(kept, 6)] not in masked


def _repeats(pattern, within=False):
    """Yield the parts of a parsed pattern that repeat without end inside such a repetition."""
    for token, value in pattern:
        name = str(token)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            _least, most, inner = value
            endless = most is PARSER.MAXREPEAT
            if endless and within:
                yield inner
            yield from _repeats(inner, within or endless)
        elif name == "SUBPATTERN":
            yield from _repeats(value[-1], within)
        elif name == "BRANCH":
            for branch in value[1]:
                yield from _repeats(branch, within)
        elif name in ("ASSERT", "ASSERT_NOT"):
            yield from _repeats(value[1], within)


def test_no_pattern_repeats_what_repeats_without_end():
    for pattern, _replacement in masking._MASKS:
        parsed = PARSER.parse(pattern.pattern, pattern.flags)
        assert not list(_repeats(parsed)), pattern.pattern
