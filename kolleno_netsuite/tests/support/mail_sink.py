import email
import socketserver
import threading
from contextlib import contextmanager


class _Session(socketserver.StreamRequestHandler):
    """One conversation in SMTP; whatever is said is welcome."""

    def handle(self):
        self._say("220 test")
        for line in self.rfile:
            verb = line.strip().upper()
            if verb == b"DATA":
                self._say("354 go on")
                self.server.mails.append(email.message_from_bytes(self._message()))
            self._say("221 bye" if verb == b"QUIT" else "250 ok")
            if verb == b"QUIT":
                return

    def _message(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


class MailSink(socketserver.ThreadingTCPServer):
    """A mail server of this machine that keeps what it gets: `mails`, as they were sent."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails = []

    @property
    def port(self):
        return self.server_address[1]

    def to(self, address):
        """Return the mails to one address, as {name of the file: contents} each."""
        return [
            {part.get_filename(): part.get_payload(decode=True) for part in _files(mail)}
            for mail in self.mails
            if address in mail["To"]
        ]


def _files(mail):
    return [part for part in mail.walk() if part.get_filename()]


@contextmanager
def running_mail_sink():
    """Serve a `MailSink` for as long as the context lasts."""
    with MailSink() as sink:
        thread = threading.Thread(target=sink.serve_forever, daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            sink.shutdown()
            thread.join()
