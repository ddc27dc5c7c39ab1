"""A scripted NetSuite: a real HTTP server that gives prepared answers in turn."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from werkzeug.wrappers import Request, Response


@dataclass
class Seen:
    """One request as the server saw it."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: str


Answer = Callable[[Request], Response]


@dataclass
class ScriptedServer:
    """Gives the prepared answers in turn, the last one for ever."""

    base_url: str = ""
    answers: list[Answer] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    def answer(self, *answers: Answer) -> None:
        self.answers = list(answers)

    @Request.application
    def application(self, request: Request) -> Response:
        self.seen.append(
            Seen(
                request.method,
                request.path,
                request.query_string.decode(),
                dict(request.headers),
                request.get_data(as_text=True),
            )
        )
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(request)


def reply(
    status: int = 200, body: object = None, content_type: str = "application/json", **headers: str
) -> Answer:
    """Answer with JSON, or with a text as it is."""
    text = body if isinstance(body, str) else "" if body is None else json.dumps(body)
    named = {key.replace("_", "-"): value for key, value in headers.items()}

    def answer(_request: Request) -> Response:
        return Response(text, status=status, headers=named, content_type=content_type)

    return answer


def refuse(status: int, code: str, detail: str = "", **headers: str) -> Answer:
    """Answer with NetSuite's error envelope."""
    body = {
        "type": "https://www.rfc-editor.org/rfc/rfc9110.html",
        "title": "Bad Request",
        "status": status,
        "o:errorDetails": [{"detail": detail, "o:errorCode": code}],
    }
    return reply(status, body, **headers)


def raw(status: int = 200, body: bytes = b"", **headers: str) -> Answer:
    """Answer with these bytes as they are; `Content_Encoding` becomes a header, and so on."""
    named = [(key.replace("_", "-"), value) for key, value in headers.items()]

    def answer(_request: Request) -> Response:
        return Response(body, status=status, headers=named)

    return answer


def on_the_wire(sent: bytes) -> Answer:
    """Send these bytes instead of an answer, status line and headers included, and hang up."""

    def answer(request: Request) -> Response:
        connection = request.environ["werkzeug.socket"]
        connection.sendall(sent)
        return drop(request)

    return answer


def drop(request: Request) -> Response:
    """Close the connection instead of answering."""
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return Response("")
