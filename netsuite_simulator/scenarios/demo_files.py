"""The demonstration company's documents: signed copies, scans and what does not belong there.

Nothing of the books changes; the documents that get a file are only modified.
"""

from __future__ import annotations

import base64
import random
from datetime import timedelta

from ..clock import stored
from ..ledger import Ledger
from ..ledger.acts import Acts
from ..restlets.printing import print_transaction

SIGNED, SCANS, LETTERS = 6, 5, 3
LETTER = b"PK\x03\x04 a letter that somebody wrote in a word processor"


def build_demo_files(ledger: Ledger, seed: int) -> None:
    """Give some invoices and credit memos files of their own.

    :param seed: decides which; the demonstration's other choices do not depend on it.
    """
    rng = random.Random(f"{seed}-files")  # noqa: S311 repeatable, not secret
    chosen = rng.sample(ledger.ids("invoice"), SIGNED + SCANS + 1)
    memos = rng.sample(ledger.ids("creditMemo"), 2)
    with ledger.books.stamped(stored(ledger.clock.now() - timedelta(minutes=10))):
        for invoice in chosen[:SIGNED]:
            _sign(ledger, "invoice", invoice)
        for memo in memos:
            _sign(ledger, "creditMemo", memo)
        for invoice in chosen[SIGNED:-1]:
            number = str(ledger.read("invoice", invoice).get("tranId") or invoice)
            _name, contents = print_transaction(ledger, "invoice", invoice)
            _upload(ledger, f"{_plain(number)}_scan.pdf", contents, attach_to=invoice)
        for index, invoice in enumerate(chosen[:LETTERS]):
            _upload(ledger, f"Order letter {index + 1}.docx", LETTER, attach_to=invoice)
        # A letter in the field that should hold a PDF.
        letter = _upload(ledger, "Delivery note.docx", LETTER)
        ledger.update("invoice", chosen[-1], {"custbody_invoice_pdf": {"id": letter}})


def _sign(ledger: Ledger, kind: str, transaction: int) -> None:
    name, contents = print_transaction(ledger, kind, transaction)
    signed = _upload(ledger, name.replace(".pdf", "_signed.pdf"), contents)
    ledger.update(kind, transaction, {"custbody_invoice_pdf": {"id": signed}})


def _upload(ledger: Ledger, name: str, contents: bytes, attach_to: int | None = None) -> int:
    encoded = base64.b64encode(contents).decode()
    params = {"name": name, "contents": encoded, "attach_to": attach_to}
    return int(Acts(ledger).perform("upload_file", params)["id"])


def _plain(number: str) -> str:
    return number.replace("/", "_")
