"""A transport that speaks to a scripted NetSuite."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from requests.auth import AuthBase
from werkzeug.serving import make_server

from kolleno_netsuite.client.account import ServiceUrls
from kolleno_netsuite.client.limiter import LocalLimiter
from kolleno_netsuite.client.messages import CallRecord
from kolleno_netsuite.client.transport import Transport

from .scripted_server import ScriptedServer


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    scripted = ScriptedServer()
    httpd = make_server("127.0.0.1", 0, scripted.application, threaded=True)
    scripted.base_url = f"http://127.0.0.1:{httpd.server_port}"
    thread = threading.Thread(target=httpd.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield scripted
    httpd.shutdown()
    httpd.server_close()
    thread.join(5)


class NoAuth(AuthBase):
    """Signs nothing, but counts how often it was asked."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, request):
        self.count += 1
        request.headers["Authorization"] = f"Test {self.count}"
        return request


@dataclass
class Kit:
    """A transport with everything that a test wants to look at."""

    transport: Transport
    auth: AuthBase
    limiter: LocalLimiter
    calls: list[CallRecord]
    sleeps: list[float]


@pytest.fixture
def kit_of(server) -> Iterator[Callable[..., Kit]]:
    made = []

    def make(auth: AuthBase | None = None, **options: object) -> Kit:
        calls: list[CallRecord] = []
        sleeps: list[float] = []
        limiter = LocalLimiter(4)
        signer = auth or NoAuth()
        transport = Transport(
            ServiceUrls(server.base_url, server.base_url, server.base_url),
            signer,
            limiter,
            on_call=calls.append,
            sleep=sleeps.append,
            **{"jitter": lambda: 0.0, **options},
        )
        made.append(transport)
        return Kit(transport, signer, limiter, calls, sleeps)

    yield make
    for transport in made:
        transport.close()


@pytest.fixture
def kit(kit_of) -> Kit:
    return kit_of()
