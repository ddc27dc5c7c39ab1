"""The HTTP server: werkzeug's threaded one, quiet, one thread per connection."""

from __future__ import annotations

import logging
import threading
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from netsuite_simulator.account import SimulatedAccount
from netsuite_simulator.control import PREFIX
from netsuite_simulator.web.app import Application

_logger = logging.getLogger(__name__)


class QuietHandler(WSGIRequestHandler):
    """Logs requests at debug level only; the request log keeps them anyway."""

    server_version = "NetSuiteSimulator"
    sys_version = ""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        level = logging.ERROR if type == "error" else logging.DEBUG
        _logger.log(level, message.replace("%", "%%") if not args else message, *args)


class SimulatorServer:
    """Serves an account on one address until closed.

    :param account: the account.
    :param host: loopback address to listen on.
    :param port: port, 0 for a free one.
    """

    def __init__(self, account: SimulatedAccount, host: str = "127.0.0.1", port: int = 0) -> None:
        self.account = account
        self._server: BaseWSGIServer = make_server(
            host, port, Application(account), threaded=True, request_handler=QuietHandler
        )
        self._thread: threading.Thread | None = None
        self.base_url = f"http://{host}:{self._server.server_port}"
        self.control_url = f"{self.base_url}{PREFIX}"

    def ready(self) -> dict[str, Any]:
        """Return the content of the ready file."""
        return {
            "base_url": self.base_url,
            "account_id": self.account.account_id,
            **self.account.credentials.ready(),
            "control_url": self.control_url,
        }

    def serve_forever(self) -> None:
        """Answer requests until `close` is called from another thread."""
        self._server.serve_forever(poll_interval=0.01)

    def serve(self, account: SimulatedAccount) -> None:
        """Answer for another account from now on, at the same address."""
        self.account = account
        self._server.app = Application(account)

    def start(self) -> None:
        """Answer requests in a thread of its own."""
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering, wake calls that a fault keeps waiting, close the books."""
        self.account.stopping.set()
        self._server.shutdown()
        if self._thread is not None:
            self._thread.join()
        self._server.server_close()
        self.account.close()
