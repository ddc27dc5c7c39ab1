from __future__ import annotations

import base64
import io
from typing import Any

import pytest
import requests
from PyPDF2 import PdfReader

from netsuite_simulator.testing import RunningSimulator

from .conftest import Books

PDF = b"%PDF-1.4\n% by hand\n%%EOF\n"


@pytest.fixture
def deployed(simulator: RunningSimulator) -> RunningSimulator:
    simulator.switches(document_restlet=True)
    return simulator


def ask(simulator: RunningSimulator, **params: Any) -> requests.Response:
    """Call the RESTlet as a client does."""
    scripts = {"script": "customscript_kolleno_document", "deploy": "customdeploy_kolleno_document"}
    return requests.get(
        f"{simulator.base_url}/app/site/hosting/restlet.nl",
        params={**scripts, **params},
        auth=simulator.tba(),
        timeout=20,
    )


def error_of(answer: requests.Response) -> tuple[int, str]:
    """Return status and code of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]


def upload(simulator: RunningSimulator, name: str, contents: bytes = PDF, **more: Any) -> int:
    encoded = base64.b64encode(contents).decode()
    return int(simulator.act("upload_file", name=name, contents=encoded, **more)["id"])


def test_invoice_is_printed_with_number_customer_lines_and_total(
    deployed: RunningSimulator, books: Books
) -> None:
    customer = books.customer(companyName="Harbour & Sons <Ltd>")
    invoice = books.invoice(customer, 1234.5, tranId="INV/7", memo="Thank you")

    answer = ask(deployed, type="invoice", id=invoice).json()

    assert (answer["name"], answer["mimeType"]) == ("Invoice_INV_7.pdf", "application/pdf")
    contents = base64.b64decode(answer["contents"], validate=True)
    assert contents.startswith(b"%PDF-")
    text = PdfReader(io.BytesIO(contents)).pages[0].extract_text()
    for part in ("Invoice", "INV/7", "Harbour & Sons <Ltd>", "1,234.50", "Thank you"):
        assert part in text


def test_credit_memo_is_printed_as_one(deployed: RunningSimulator, books: Books) -> None:
    customer = books.customer()
    line = {"item": {"id": str(books.item)}, "quantity": 1, "rate": 40}
    body = {"entity": {"id": str(customer)}, "item": {"items": [line]}}
    memo = deployed.act("create", type="creditMemo", body=body)["id"]

    contents = ask(deployed, type="creditmemo", id=memo).json()["contents"]

    text = PdfReader(io.BytesIO(base64.b64decode(contents))).pages[0].extract_text()
    assert "Credit Memo" in text


def test_script_that_is_not_deployed_is_refused(simulator: RunningSimulator, books: Books) -> None:
    invoice = books.invoice(books.customer())

    assert error_of(ask(simulator, type="invoice", id=invoice)) == (400, "SSS_INVALID_SCRIPTLET_ID")

    simulator.switches(document_restlet=True)
    assert ask(simulator, type="invoice", id=invoice).status_code == 200
    refused = ask(simulator, type="invoice", id=invoice, deploy="customdeploy_other")
    assert error_of(refused) == (400, "SSS_INVALID_SCRIPTLET_ID")


def test_refusals_come_in_the_words_of_restlets(deployed: RunningSimulator, books: Books) -> None:
    invoice = books.invoice(books.customer())

    assert error_of(ask(deployed, type="invoice", id=999999)) == (400, "RCRD_DSNT_EXIST")
    assert error_of(ask(deployed, type="invoice", id=invoice, file=999999)) == (
        400,
        "RCRD_DSNT_EXIST",
    )
    assert error_of(ask(deployed, type="customer", id=invoice)) == (400, "INVALID_RCRD_TYPE")
    deployed.fault("permission_files")
    assert error_of(ask(deployed, type="invoice", id=invoice)) == (403, "INSUFFICIENT_PERMISSION")
    deployed.fault("429")
    assert error_of(ask(deployed, type="invoice", id=invoice)) == (
        400,
        "SSS_REQUEST_LIMIT_EXCEEDED",
    )
    deployed.fault("invalid_login")
    assert error_of(ask(deployed, type="invoice", id=invoice)) == (401, "INVALID_LOGIN_ATTEMPT")


def test_upload_under_the_same_name_replaces_the_file_and_keeps_its_id(
    deployed: RunningSimulator, books: Books
) -> None:
    invoice = books.invoice(books.customer())
    deployed.clock(freeze=True)
    first = upload(deployed, "scan.pdf", attach_to=invoice)
    before = ask(deployed, type="invoice", id=invoice, file=first).json()
    deployed.clock(advance=60)
    again = upload(deployed, "scan.pdf", PDF + b"more")
    deployed.clock(freeze=False)

    after = ask(deployed, type="invoice", id=invoice, file=again).json()

    assert again == first
    assert base64.b64decode(after["contents"]) == PDF + b"more"
    assert before["lastModified"] < after["lastModified"]
    query = f"SELECT name, filetype, filesize FROM file WHERE id = {first}"
    row = deployed.suiteql(query).json()["items"][0]
    assert (row["name"], row["filetype"]) == ("scan.pdf", "PDF")
    assert row["filesize"] == str(len(PDF) + 4)


def test_attached_files_are_listed_with_size_and_time(
    deployed: RunningSimulator, books: Books
) -> None:
    invoice = books.invoice(books.customer())
    scan = upload(deployed, "scan.pdf", attach_to=invoice)
    letter = upload(deployed, "letter.docx", b"PK\x03\x04", attach_to=invoice)
    gone = upload(deployed, "gone.txt", b"text", attach_to=invoice)
    deployed.act("detach_file", file=gone, transaction=invoice)

    files = ask(deployed, type="invoice", id=invoice, attachments=1).json()["files"]

    assert [(file["id"], file["size"]) for file in files] == [
        (str(scan), len(PDF)),
        (str(letter), 4),
    ]
    assert files[1]["mimeType"].endswith("wordprocessingml.document")
    assert files[0]["lastModified"].endswith("Z")


def test_file_over_the_limit_is_refused_as_netsuite_does(
    deployed: RunningSimulator, books: Books
) -> None:
    invoice = books.invoice(books.customer())
    scan = upload(deployed, "large.pdf")
    deployed.switches(restlet_size_limit=10)

    refused = ask(deployed, type="invoice", id=invoice, file=scan)

    assert error_of(refused) == (400, "SSS_FILE_CONTENT_SIZE_EXCEEDED")


def test_document_field_refers_to_a_file_and_keeps_a_dead_reference(
    deployed: RunningSimulator, books: Books
) -> None:
    scan = upload(deployed, "signed.pdf")
    invoice = books.invoice(books.customer(), custbody_invoice_pdf={"id": scan})
    query = f"SELECT t.custbody_invoice_pdf AS f FROM transaction t WHERE t.id = {invoice}"
    assert deployed.suiteql(query).json()["items"][0]["f"] == str(scan)

    deployed.act("delete_file", id=scan)

    assert deployed.suiteql(query).json()["items"][0]["f"] == str(scan)
    refused = ask(deployed, type="invoice", id=invoice, file=scan)
    assert error_of(refused) == (400, "RCRD_DSNT_EXIST")


def test_contents_cut_leave_json_whole_but_no_base64(
    deployed: RunningSimulator, books: Books
) -> None:
    invoice = books.invoice(books.customer())
    deployed.fault("contents_cut")

    answer = ask(deployed, type="invoice", id=invoice).json()

    assert answer["name"].endswith(".pdf")
    with pytest.raises(ValueError, match="base64"):
        base64.b64decode(answer["contents"], validate=True)
