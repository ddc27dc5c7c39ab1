from __future__ import annotations

import base64

import pytest

from kolleno_netsuite.client.errors import (
    ClientBug,
    DataError,
    NetsuiteError,
    PermissionDenied,
    TransientError,
)
from kolleno_netsuite.client.restlets import ListedFile, Restlets, answer_limit, matching

from .scripted_server import drop, reply

PDF = b"%PDF-1.7\n...\n%%EOF"
MEGABYTE = 1024 * 1024


def encoded(contents=PDF):
    return base64.b64encode(contents).decode()


def document(contents=PDF, name="INV7.pdf", **more):
    return reply(
        200,
        {"name": name, "mimeType": "application/pdf", "contents": encoded(contents), **more},
    )


def refuse(status, code, message=""):
    return reply(status, {"error": {"code": code, "message": message}})


@pytest.fixture
def restlets(kit_of):
    return Restlets(kit_of(max_tries=1, read_timeout=0.5, answer_timeout=0.5).transport)


def test_print_asks_for_the_transaction_and_returns_its_pdf(server, restlets):
    server.answer(document())

    printed = restlets.print_transaction("invoice", 7)

    assert (printed.name, printed.contents) == ("INV7.pdf", PDF)
    assert server.seen[0].path == "/app/site/hosting/restlet.nl"
    assert server.seen[0].query == (
        "script=customscript_kolleno_document&deploy=customdeploy_kolleno_document"
        "&type=invoice&id=7"
    )


def test_form_locale_and_script_are_told_when_they_are_set(server, kit_of):
    server.answer(document())

    restlets = Restlets(kit_of().transport, "customscript_own", "customdeploy_own")
    restlets.print_transaction("creditmemo", 7, form="105", locale="de_DE")

    assert server.seen[0].query == (
        "script=customscript_own&deploy=customdeploy_own&type=creditmemo&id=7&form=105&locale=de_DE"
    )


def test_file_of_any_kind_is_handed_out_and_tells_its_change(server, restlets):
    server.answer(document(b"PK..", "order.docx", lastModified="2026-11-20T10:00:00Z"))

    file = restlets.file("invoice", 7, 55)

    assert server.seen[0].query.endswith("&type=invoice&id=7&file=55")
    assert (file.contents, file.modified) == (b"PK..", "2026-11-20T10:00:00Z")
    assert not file.is_pdf
    with pytest.raises(DataError) as refused:
        restlets.pdf_of(file)
    assert (refused.value.code, refused.value.params["name"]) == ("NO_PDF", "order.docx")


def test_attached_files_are_listed(server, restlets):
    row = {"id": "5", "name": "a.pdf", "mimeType": "application/pdf", "size": 12}
    server.answer(reply(200, {"files": [{**row, "lastModified": "2026-11-20T10:00:00Z"}]}))

    files = restlets.attached("invoice", 7)

    assert files == [ListedFile(5, "a.pdf", "application/pdf", 12, "2026-11-20T10:00:00Z")]
    assert server.seen[0].query.endswith("&attachments=1")


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (refuse(400, "SSS_INVALID_SCRIPTLET_ID"), DataError, "SSS_INVALID_SCRIPTLET_ID"),
        (refuse(403, "INSUFFICIENT_PERMISSION"), PermissionDenied, "DOCUMENT_PERMISSION"),
        (reply(403, "Forbidden", "text/html"), PermissionDenied, "DOCUMENT_PERMISSION"),
        (
            refuse(400, "USER_ERROR", "You need the 'Documents and Files' permission"),
            PermissionDenied,
            "DOCUMENT_PERMISSION",
        ),
        (refuse(401, "INVALID_LOGIN_ATTEMPT"), PermissionDenied, "DOCUMENT_SIGN_IN"),
        (refuse(200, "INSUFFICIENT_PERMISSION"), PermissionDenied, "DOCUMENT_PERMISSION"),
        (refuse(400, "SSS_FILE_CONTENT_SIZE_EXCEEDED"), DataError, "FILE_TOO_LARGE"),
        (refuse(400, "RCRD_DSNT_EXIST"), DataError, "FILE_GONE"),
        (refuse(400, "SSS_REQUEST_LIMIT_EXCEEDED"), NetsuiteError, "SSS_REQUEST_LIMIT_EXCEEDED"),
        (reply(200, "plain text", "text/plain"), DataError, "DOCUMENT_UNREADABLE"),
        (reply(200, {"name": "a.pdf"}), DataError, "DOCUMENT_UNREADABLE"),
        (reply(200, {"contents": encoded()[:-1]}), DataError, "DOCUMENT_UNREADABLE"),
        (reply(200, {"contents": 5}), DataError, "DOCUMENT_UNREADABLE"),
        (reply(200, '{"contents": "JVBERi0'), TransientError, "BROKEN_RESPONSE"),
        (reply(200, "<html>log in</html>", "text/html"), TransientError, "HTML_RESPONSE"),
        (drop, TransientError, "CONNECTION_LOST"),
    ],
)
def test_refusal_says_what_it_means_for_documents(server, restlets, answer, kind, code):
    server.answer(answer)

    with pytest.raises(kind) as refused:
        restlets.file("invoice", 7, 55)

    assert refused.value.code == code
    assert len(server.seen) == 1


def test_printed_document_that_is_no_pdf_is_refused(server, restlets):
    server.answer(document(b"<html>", "error.html"))

    with pytest.raises(DataError) as refused:
        restlets.print_transaction("invoice", 7)

    assert refused.value.code == "NO_PDF"


def test_list_that_is_no_list_is_a_fault_of_the_script(server, restlets):
    server.answer(reply(200, {"files": [{"name": "a.pdf"}]}))

    with pytest.raises(ClientBug) as refused:
        restlets.attached("invoice", 7)

    assert refused.value.code == "DOCUMENT_LIST_UNREADABLE"


@pytest.mark.parametrize("slack", [0, 2 * MEGABYTE])
def test_file_over_the_limit_is_refused_and_never_kept(server, kit_of, slack):
    limit = MEGABYTE
    transport = kit_of(max_tries=1, body_limit=answer_limit(limit) + slack).transport
    restlets = Restlets(transport, size_limit=limit)
    server.answer(document(PDF + b" " * limit))

    with pytest.raises(DataError) as refused:
        restlets.print_transaction("invoice", 7)

    assert (refused.value.code, refused.value.params["limit"]) == ("FILE_TOO_LARGE", "1")
    server.answer(document(PDF + b" " * (limit - len(PDF))))
    assert len(restlets.print_transaction("invoice", 7).contents) == limit


def test_whole_answer_has_to_come_in_time(server, kit_of):
    clock = iter(range(0, 10_000, 20))
    kit = kit_of(max_tries=1, answer_timeout=30, clock=lambda: next(clock))
    server.answer(document(PDF + b" " * 300_000))

    with pytest.raises(TransientError) as late:
        Restlets(kit.transport).print_transaction("invoice", 7)

    assert late.value.code == "READ_TIMEOUT"


@pytest.mark.parametrize("broken", [False, True])
def test_log_of_the_call_holds_no_contents(server, kit_of, broken):
    kit = kit_of(max_tries=1)
    whole = f'{{"name": "INV7.pdf", "contents": "{encoded(PDF * 50)}"}}'
    server.answer(reply(200, whole[:-20] if broken else whole))

    if broken:
        with pytest.raises(TransientError):
            Restlets(kit.transport).print_transaction("invoice", 7)
    else:
        Restlets(kit.transport).print_transaction("invoice", 7)

    (call,) = kit.calls
    assert encoded()[:10] not in f"{call.query}{call.excerpt}{call.answer}"
    assert "type=invoice&id=7" in call.query


def test_newest_file_that_fits_the_pattern_is_chosen():
    def file(id, name, modified="2026-11-01T00:00:00Z"):
        return ListedFile(id, name, "application/pdf", 10, modified)

    files = [
        file(1, "INV7.pdf"),
        file(2, "inv7 signed.PDF", "2026-11-02T00:00:00Z"),
        file(3, "INV70.docx", "2026-11-03T00:00:00Z"),
        file(4, "order INV7.pdf", "2026-11-04T00:00:00Z"),
        file(5, "A_[7].pdf"),
    ]

    assert matching(files, "{tranId}*.pdf", "INV7").id == 2
    assert matching(files, "{tranid}.pdf", "INV7").id == 1
    assert matching(files, "*{tranId}*", "INV7").id == 4
    assert matching(files, "{tranId}*.pdf", "A/[7]").id == 5
    assert matching(files, "A_[7].pdf", "INV7").id == 5
    assert matching(files, "{tranId}*.pdf", "INV8") is None
