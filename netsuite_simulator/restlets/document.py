"""The RESTlet that hands out documents: printed transactions and files of the File Cabinet.

`GET restlet?script&deploy&type&id` prints a transaction (optionally with `form` and `locale`);
with `file=<id>` it hands out that file, with `attachments=1` it lists the files that are attached
to the transaction. N/render and N/file hand out 10 MB at most (docs/NETSUITE.md 7).
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from netsuite_simulator.errors import BookError
from netsuite_simulator.ledger.files import StoredFile
from netsuite_simulator.ledger.record_types import record_type
from netsuite_simulator.restlets.printing import print_transaction
from netsuite_simulator.web.call import Call
from netsuite_simulator.web.envelope import Answer, ApiError, json_answer

if TYPE_CHECKING:
    from netsuite_simulator.account import SimulatedAccount

SCRIPT = "customscript_kolleno_document"
DEPLOYMENT = "customdeploy_kolleno_document"
PRINTED_TYPES = ("invoice", "creditMemo")


def document(account: SimulatedAccount, call: Call) -> Answer:
    """Answer a call of the RESTlet.

    :raise ApiError: the script refuses; the application words it as RESTlets do.
    """
    args = call.args
    if call.method != "GET":
        raise ApiError(405, "METHOD_NOT_ALLOWED", "The script has no function for this method.")
    transaction = _transaction(account, args)
    if args.get("attachments") == "1":
        with account.ledger.books.session():
            files = account.ledger.files.attached(transaction)
        return json_answer({"files": [_listed(file) for file in files]}, rows=len(files))
    if args.get("file"):
        return _file(account, args["file"])
    name, contents = print_transaction(account.ledger, args["type"], transaction)
    return _contents(account, name, "application/pdf", contents)


def _transaction(account: SimulatedAccount, args: dict[str, str]) -> int:
    """Return the id of the transaction that is asked for, once it is known to exist."""
    if not args.get("type") or not args.get("id", "").isdecimal():
        raise ApiError(400, "SSS_MISSING_REQD_ARGUMENT", "Missing a required argument: type, id")
    kind = record_type(args["type"])
    if kind.name not in PRINTED_TYPES:
        raise ApiError(400, "INVALID_RCRD_TYPE", f"The record type {args['type']} is invalid.")
    account.ledger.read(kind.name, int(args["id"]))
    return int(args["id"])


def _file(account: SimulatedAccount, file_id: str) -> Answer:
    if not file_id.isdecimal():
        raise ApiError(400, "SSS_INVALID_TYPE_ARG", "Wrong type of the argument: file")
    try:
        with account.ledger.books.session():
            stored = account.ledger.files.file(int(file_id))
            contents = account.ledger.files.contents(int(file_id))
    except BookError:
        raise ApiError(400, "RCRD_DSNT_EXIST", "That record does not exist. path: file") from None
    return _contents(account, stored.name, stored.mime_type, contents, stored)


def _contents(
    account: SimulatedAccount,
    name: str,
    mime_type: str,
    contents: bytes,
    stored: StoredFile | None = None,
) -> Answer:
    if len(contents) > account.switches.restlet_size_limit:
        raise ApiError(
            400,
            "SSS_FILE_CONTENT_SIZE_EXCEEDED",
            "The file content you are attempting to access exceeds the maximum allowed size of "
            "10 MB.",
        )
    body = {"name": name, "mimeType": mime_type, "contents": base64.b64encode(contents).decode()}
    if stored is not None:
        body["lastModified"] = _moment(stored)
    return json_answer(body)


def _listed(file: StoredFile) -> dict[str, Any]:
    return {
        "id": str(file.id),
        "name": file.name,
        "mimeType": file.mime_type,
        "size": file.size,
        "lastModified": _moment(file),
    }


def _moment(file: StoredFile) -> str:
    return file.modified.replace(" ", "T") + "Z"
