from __future__ import annotations

import json
import ssl
import threading
import time
from decimal import Decimal

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from kolleno_netsuite.client.account import ServiceUrls
from kolleno_netsuite.client.auth import new_key_pair
from kolleno_netsuite.client.errors import (
    AmbiguousOutcome,
    AuthError,
    ClientBug,
    ConcurrencyError,
    DataError,
    NetsuiteError,
    TransientError,
)
from kolleno_netsuite.client.messages import mask

from .scripted_server import drop, refuse, reply

PATH = "/services/rest/record/v1/invoice"
HTML_502 = reply(502, "<!DOCTYPE html><title>Bad Gateway</title>", content_type="text/html")
CONCURRENCY_400 = refuse(400, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded.")
GOOD = reply(200, {"id": "1"})
CREATED = reply(204, None, Location="https://host/services/rest/record/v1/invoice/9")


def silence(_request):
    """Send the headers and a part of the body, then nothing within the read time-out."""

    def body():
        yield b'{"a":'
        time.sleep(0.6)
        yield b"1}"

    return Response(body(), content_type="application/json")


def test_good_answer_carries_json_with_exact_numbers(server, kit):
    server.answer(reply(200, '{"total": 0.1, "id": "7", "n": 3}'))

    response = kit.transport.request("GET", PATH, params={"expand": "a b&c"})

    assert response.json == {"total": Decimal("0.1"), "id": "7", "n": 3}
    assert response.status == 200
    assert response.headers["content-type"] == "application/json"
    assert server.seen[0].query == "expand=a+b%26c"


def test_decimals_are_sent_as_exact_numbers(server, kit):
    server.answer(CREATED)

    kit.transport.request(
        "POST", PATH, json={"amount": Decimal("1234567.89"), "quantity": Decimal("2.00")}
    )

    assert server.seen[0].body == '{"amount": 1234567.89, "quantity": 2}'
    assert server.seen[0].headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("value", [Decimal("0.1234567890123456789"), object(), float("nan")])
def test_value_that_would_be_falsified_is_not_sent(server, kit, value):
    server.answer(GOOD)

    with pytest.raises((DataError, ClientBug)):
        kit.transport.request("POST", PATH, json={"amount": value})

    assert server.seen == []


@pytest.mark.parametrize(
    "trouble",
    [
        HTML_502,
        CONCURRENCY_400,
        refuse(429, "CONCURRENCY_LIMIT_EXCEEDED"),
        refuse(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: x"),
        drop,
        reply(200, '{"items": [{"id":'),
        reply(200, "<html>maintenance</html>", content_type="text/html"),
        reply(200, ""),
        reply(503, "busy", content_type="text/plain"),
        reply(504, "", content_type="text/html"),
    ],
)
def test_read_is_repeated_after_passing_trouble(server, kit, trouble):
    server.answer(trouble, trouble, GOOD)

    response = kit.transport.request("GET", PATH)

    assert response.json == {"id": "1"}
    assert kit.sleeps == [1.0, 2.0]
    assert kit.auth.count == 3
    assert [call.attempt for call in kit.calls] == [1, 2, 3]
    assert [bool(call.code) for call in kit.calls] == [True, True, False]


def test_read_is_given_up_after_five_tries(server, kit):
    server.answer(HTML_502)

    with pytest.raises(TransientError):
        kit.transport.request("GET", PATH)

    assert len(server.seen) == 5
    assert kit.sleeps == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("trouble", [CONCURRENCY_400, refuse(503, "SERVICE", "Try again later")])
def test_write_is_repeated_when_netsuite_has_not_executed_it(server, kit, trouble):
    server.answer(trouble, CREATED)

    response = kit.transport.request("POST", PATH, json={})

    assert response.status == 204
    assert len(server.seen) == 2


@pytest.mark.parametrize(
    "trouble",
    [
        HTML_502,
        drop,
        refuse(500, "UNEXPECTED_ERROR", "An unexpected error occurred."),
        reply(200, '{"id": '),
        reply(503, "<html>edge</html>", content_type="text/html"),
    ],
)
def test_write_with_a_lost_answer_is_ambiguous_and_not_repeated(server, kit, trouble):
    server.answer(trouble, CREATED)

    with pytest.raises(AmbiguousOutcome):
        kit.transport.request("POST", PATH, json={})

    assert len(server.seen) == 1
    assert kit.sleeps == []


def test_silence_is_transient_for_a_read_and_ambiguous_for_a_write(server, kit_of):
    kit = kit_of(read_timeout=0.2, max_tries=1)
    server.answer(silence)

    with pytest.raises(TransientError) as read:
        kit.transport.request("GET", PATH)
    with pytest.raises(AmbiguousOutcome) as write:
        kit.transport.request("PATCH", PATH + "/1", json={})

    assert read.value.code == write.value.code == "READ_TIMEOUT"


def test_refused_connection_is_repeated_even_for_a_write(server, kit):
    server.answer(CREATED)
    good = kit.transport.urls
    gone = ServiceUrls("http://127.0.0.1:9", good.restlet, good.app)
    kit.transport.urls = gone

    with pytest.raises(TransientError) as caught:
        kit.transport.request("POST", PATH, json={})

    assert caught.value.code == "CONNECT_FAILED"
    assert len(kit.sleeps) == 4


def test_untrusted_certificate_stops_a_write_before_it_is_sent(kit, tmp_path):
    pair = new_key_pair("127.0.0.1")
    (tmp_path / "key.pem").write_text(pair.private_key_pem)
    (tmp_path / "cert.pem").write_text(pair.certificate_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    httpd = make_server("127.0.0.1", 0, lambda _environ, _start: [], ssl_context=context)
    thread = threading.Thread(target=httpd.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    address = f"https://127.0.0.1:{httpd.server_port}"
    kit.transport.urls = ServiceUrls(address, address, address)

    with pytest.raises(TransientError) as caught:
        kit.transport.request("POST", PATH, json={})

    httpd.shutdown()
    httpd.server_close()
    thread.join(5)
    assert caught.value.code == "CONNECT_FAILED"


def test_slow_body_is_cut_off_by_the_clock(server, kit_of):
    now = iter(range(0, 10_000, 300))
    server.answer(reply(200, {"text": "x" * 200_000}))

    with pytest.raises(TransientError) as caught:
        kit_of(clock=lambda: float(next(now)), max_tries=1).transport.request("GET", PATH)

    assert caught.value.code == "READ_TIMEOUT"


def test_suiteql_post_counts_as_a_read(server, kit):
    server.answer(HTML_502, reply(200, {"items": []}))

    kit.transport.request("POST", "/services/rest/query/v1/suiteql", json={}, idempotent=True)

    assert len(server.seen) == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refuse(401, "INVALID_LOGIN"), "auth"),
        (refuse(403, "INSUFFICIENT_PERMISSION"), "permission"),
        (refuse(400, "USER_ERROR", "Please enter value(s) for: Terms."), "data"),
        (refuse(404, "NONEXISTENT_ID", "Record does not exist."), "not_found"),
    ],
)
def test_refusal_is_not_repeated(server, kit, answer, kind):
    server.answer(answer)

    with pytest.raises(NetsuiteError) as caught:
        kit.transport.request("GET", PATH)

    assert caught.value.kind.value == kind
    assert len(server.seen) == 1


def test_retry_after_is_honoured_and_a_long_one_left_to_the_caller(server, kit):
    server.answer(refuse(429, "CONCURRENCY_LIMIT_EXCEEDED", Retry_After="7"), GOOD)
    kit.transport.request("GET", PATH)
    server.answer(refuse(429, "CONCURRENCY_LIMIT_EXCEEDED", Retry_After="900"))

    with pytest.raises(ConcurrencyError) as caught:
        kit.transport.request("GET", PATH)

    assert kit.sleeps == [7.0]
    assert caught.value.retry_after == 900.0


def test_back_off_is_shortened_at_random(server, kit_of):
    kit = kit_of(jitter=lambda: 0.5)
    server.answer(HTML_502, GOOD)

    kit.transport.request("GET", PATH)

    assert kit.sleeps == [0.75]


def test_concurrency_refusal_halves_the_width_and_others_do_not(server, kit):
    server.answer(HTML_502, GOOD)
    kit.transport.request("GET", PATH)
    assert kit.limiter.width == 4
    server.answer(CONCURRENCY_400, GOOD)

    kit.transport.request("GET", PATH)

    assert kit.limiter.width == 2


@pytest.mark.parametrize("place", ["http://evil.example/steal", "/services/rest/elsewhere"])
def test_redirect_is_refused(server, kit, place):
    server.answer(reply(302, None, Location=place))

    with pytest.raises(AuthError) as caught:
        kit.transport.request("GET", PATH)

    assert caught.value.code == "REDIRECT_REFUSED"
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "path",
    [
        "services/x",
        "//evil.example/x",
        "/x/../y",
        "http://evil.example/",
        "/x?y=1",
        "/x#y",
        "/x y",
        "/x\r\nHost: y",
        "",
    ],
)
def test_path_that_could_leave_the_service_is_not_sent(server, kit, path):
    server.answer(GOOD)

    with pytest.raises(ClientBug):
        kit.transport.request("GET", path)

    assert server.seen == []


def test_answer_beyond_the_limit_is_cut_off(server, kit_of):
    server.answer(reply(200, {"text": "x" * 5000}))

    with pytest.raises(ClientBug) as caught:
        kit_of(body_limit=1000).transport.request("GET", PATH)

    assert caught.value.code == "BODY_TOO_LARGE"


def test_kill_switch_stops_each_try(server, kit_of):
    asked = []

    def before_send():
        asked.append(1)
        if len(asked) == 2:
            raise ClientBug("CONNECTION_PAUSED")

    server.answer(HTML_502)

    with pytest.raises(ClientBug):
        kit_of(before_send=before_send).transport.request("GET", PATH)

    assert len(server.seen) == 1


def test_cookies_are_not_kept(server, kit):
    server.answer(reply(200, {}, Set_Cookie="JSESSIONID=abc; Path=/"))

    kit.transport.request("GET", PATH)
    kit.transport.request("GET", PATH)

    assert "Cookie" not in server.seen[1].headers


def test_restlet_may_answer_with_text_but_not_with_a_page(server, kit):
    server.answer(reply(200, "JVBERi0=", content_type="text/plain"))
    response = kit.transport.request(
        "GET", "/app/site/hosting/restlet.nl", params={"script": "1"}, service="restlet"
    )
    assert response.text == "JVBERi0="
    server.answer(reply(200, "<html>log in</html>", content_type="text/html"))

    with pytest.raises(TransientError):
        kit.transport.request("GET", "/app/site/hosting/restlet.nl", service="restlet")


def test_call_record_masks_secrets_and_counts_rows(server, kit):
    server.answer(reply(200, {"items": [{"id": "1"}, {"id": "2"}]}))

    kit.transport.request(
        "POST",
        "/services/rest/query/v1/suiteql",
        params={"limit": 2, "token": "tok-secret"},
        json={"q": "SELECT 1", "password": 'geh"eim', "email": "jane.doe@example.com"},
        idempotent=True,
    )

    call = kit.calls[0]
    assert (call.method, call.status, call.rows, call.attempt) == ("POST", 200, 2, 1)
    assert call.seconds > 0
    assert "SELECT 1" in call.excerpt
    for secret in ("tok-secret", "eim", "jane.doe", "Test 1"):
        assert secret not in repr(call)


@pytest.mark.parametrize(
    "text",
    [
        '{"client_secret": "s3cr3t-value"}',
        '{"tokenSecret":"s3cr3t-value", "a": 1}',
        "client_assertion=s3cr3t-value&x=1",
        "Authorization: Bearer s3cr3t-value",
        '{"iban": "s3cr3t-value"}',
        "-----BEGIN PRIVATE KEY-----\ns3cr3t-value\n-----END PRIVATE KEY-----",
        "eyJhbGciOi.s3cr3t-value.sig",
        "s3cr3t-value@example.com",
    ],
)
def test_mask_hides(text):
    assert "s3cr3t-value" not in mask(text)


@pytest.mark.parametrize(
    "number",
    [
        "DE89370400440532013000",
        "GB29 NWBK 6016 1331 9268 19",
        "MT84MALT011000012345MTLCAST001S",
        "4111111111111111",
    ],
)
def test_mask_hides_bank_and_card_numbers(number):
    assert number[-4:] not in mask(f"pay to {number} now")


def test_mask_leaves_plain_text():
    text = json.dumps({"q": "SELECT t.id FROM transaction t WHERE t.id > 123456", "total": 12.5})

    assert mask(text) == text
