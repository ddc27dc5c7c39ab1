"""What a database is recognised by: whether it is the one that may speak to NetSuite."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Collection
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

_KEY_BYTES = 32
# A key is read whole; what is longer is no key of ours.
_MOST_BYTES = 1024
_USUAL_PORTS = {"http": 80, "https": 443}
# How this machine calls itself, whatever port it serves.
LOOPBACK = "localhost"


class Identity(NamedTuple):
    """A database as it is now.

    :param key: fingerprint of its key file, empty without one.
    :param name: name of the database.
    :param uuid: Odoo's own ID of the database.
    :param address: where people reach it, as `normal_address` writes it.
    """

    key: str
    name: str
    uuid: str
    address: str


def normal_address(url: str) -> str:
    """Return host and port of an address, so that two spellings of one place are equal.

    Whether it is encrypted, its path and the usual port say nothing of which database it is. An
    address of this machine is ``localhost``, as it tells nothing else either.

    :param url: what Odoo's setting of its address holds; empty when there is none.
    """
    text = url.strip()
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return text.lower()
    if _is_loopback(host):
        return LOOPBACK
    if ":" in host:
        host = f"[{host}]"
    if port in (None, *_USUAL_PORTS.values()):
        return host
    return f"{host}:{port}"


def _is_loopback(host: str) -> bool:
    if host == LOOPBACK or host.endswith(f".{LOOPBACK}"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def changes(known: Identity, addresses: Collection[str], now: Identity) -> list[str]:
    """Return the names of the parts of `Identity` that tell `now` from the database known before.

    :param known: as it was; a part that is empty was not known, and tells nothing.
    :param addresses: all the addresses that it is known to be reached at.
    """
    found = [
        name
        for name in ("key", "name", "uuid")
        if getattr(known, name) and getattr(known, name) != getattr(now, name)
    ]
    if addresses and now.address not in addresses:
        found.append("address")
    return found


class KeyFile:
    """A random key beside the attachments: whoever moves a database with its files takes it along.

    The database knows its fingerprint only: with a copy of it alone nobody can make the key.

    :param folder: folder of the database's files; the key is in one of its own below.
    """

    def __init__(self, folder: str | os.PathLike[str]):
        # Odoo's clean-up of attachments removes what its check-list names, and nothing else.
        self.path = Path(folder, "kolleno_netsuite", "database.key")

    def fingerprint(self) -> str:
        """Return what is known of the key, empty when it is missing or cannot be read."""
        try:
            with self.path.open("rb") as file:
                key = file.read(_MOST_BYTES)
        except OSError:
            return ""
        return hashlib.sha256(key).hexdigest() if key else ""

    def make(self) -> str:
        """Return the key's fingerprint; write a key where there is none.

        :raise OSError: there is none, and none can be written.
        """
        return self.fingerprint() or self.renew()

    def renew(self) -> str:
        """Write another key in the place of this one; return its fingerprint.

        :raise OSError: it cannot be written.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Not written over: a copy of the files may share this very file by a link. It is readable
        # as attachments are, so that whatever saves those saves it as well.
        draft = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        try:
            draft.write_text(f"{secrets.token_hex(_KEY_BYTES)}\n", encoding="ascii")
            draft.replace(self.path)
        finally:
            draft.unlink(missing_ok=True)
        return self.fingerprint()

    def remove(self) -> None:
        """Remove the key, and its folder when nothing else is in it."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
            self.path.parent.rmdir()
