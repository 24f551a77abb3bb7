"""Around Django: the whole request is read before any work begins, and nothing of the database is held while an answer is sent.

The server gives every request a thread and puts no time limit on a body or an answer. So a body is taken in first, to disk when it is
large, before a database connection is touched; an answer that is made piece by piece is finished to disk before it is sent, and its
connection goes back. Whoever stalls holds one thread of many, and `bulou.site.serving.reaper` hangs up on him.
See docs/decisions/0003-slow-clients.md.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import IO, Any

from django.db import connections
from django.http import FileResponse

from bulou.site.serving.reaper import Waiting

MOST = int(os.environ.get("BULOU_BODY_MB", "64")) * 1_000_000
CHUNK = 16_384
IN_MEMORY = 1_000_000
PIECE = 65_536
DRAINED = (
    500_000_000  # of a body announced too large so much is read and thrown away, so that its sender reads the answer
)
TROUBLE = "bulou.body_trouble"
_BODILESS = {"GET", "HEAD", "OPTIONS", "TRACE"}

Start = Callable[..., Any]
Application = Callable[[dict[str, Any], Start], Any]


class Patient:
    """A WSGI application that is not stopped by slow clients. `most` is the largest body in bytes; `takes_unannounced` says of which
    requests a body may come without its length (a form's end shows in itself).
    """

    def __init__(
        self,
        application: Application,
        waiting: Waiting,
        *,
        most: int = MOST,
        takes_unannounced: Callable[[dict[str, Any]], bool] = lambda environ: False,
    ) -> None:
        self.application = application
        self.waiting = waiting
        self.most = most
        self.takes_unannounced = takes_unannounced

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in _BODILESS:
            self._take_body(environ)
        return self._finish(self.application(environ, start_response), environ["REMOTE_ADDR"])

    def _take_body(self, environ: dict[str, Any]) -> None:
        """Replace the server's stream by the whole body; what is wrong with it goes to `bulou.site.middleware.BodyMiddleware`."""
        size, trouble = _size(environ, self.most)
        body: IO[bytes] = io.BytesIO()
        if trouble == "no_length" and self.takes_unannounced(environ):
            with self.waiting.on(environ["REMOTE_ADDR"]) as moved:
                body, size = _read_to_its_end(environ["wsgi.input"], self.most, moved)
            trouble = "too_large" if size > self.most else ""
            environ["CONTENT_LENGTH"] = str(size)
        elif trouble == "too_large" and _announced(environ) <= DRAINED:
            with self.waiting.on(environ["REMOTE_ADDR"]) as moved:
                _drain(environ["wsgi.input"], _announced(environ), moved)
        elif not trouble and size:
            with self.waiting.on(environ["REMOTE_ADDR"]) as moved:
                body = _read(environ["wsgi.input"], size, moved)
            # The server ends a body that was cut off like a complete one; only the length tells.
            if body.seek(0, os.SEEK_END) != size:
                trouble = "cut_off"
            body.seek(0)
        if trouble:
            environ[TROUBLE] = trouble
            environ["CONTENT_LENGTH"] = "0"
            body = io.BytesIO()
        environ["wsgi.input"] = body

    def _finish(self, response: Any, address: str) -> Iterable[bytes]:
        if isinstance(response, list):
            return response
        if not getattr(response, "streaming", True):
            body = b"".join(response)
            response.close()
            return [body]
        pieces, close = _from_file(response) if isinstance(response, FileResponse) else _made_whole(response)
        first = next(pieces, b"")
        if len(first) < PIECE:  # the end of it: the server keeps what is left and the thread is free
            rest = b"".join(pieces)
            close()
            return [first + rest]
        return _Sending(chain([first], pieces), close, self.waiting, address)


def _from_file(response: FileResponse) -> tuple[Iterator[bytes], Callable[[], None]]:
    """A file as it is; the connection that looked it up goes back before it is sent."""
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()
    file = getattr(response, "file_to_stream", None)
    pieces = iter(lambda: file.read(PIECE), b"") if file else iter(response)
    return pieces, response.close


def _made_whole(response: Any) -> tuple[Iterator[bytes], Callable[[], None]]:
    """An answer made piece by piece, finished before the first byte leaves; closing it gives its connection back."""
    made = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 — closed when it has been sent
    try:
        for piece in response:
            made.write(piece)
    finally:
        response.close()
    made.seek(0)
    return iter(lambda: made.read(PIECE), b""), made.close


class _Sending:
    """An answer on its way, watched: as long as the client takes pieces it may take its time."""

    def __init__(self, pieces: Iterator[bytes], close: Callable[[], None], waiting: Waiting, address: str) -> None:
        self._pieces = pieces
        self._close = close
        self._watch = waiting.on(address)
        self._moved = self._watch.__enter__()

    def __iter__(self) -> _Sending:
        return self

    def __next__(self) -> bytes:
        self._moved()
        return next(self._pieces)

    def close(self) -> None:
        self._watch.__exit__(None, None, None)
        self._close()


def _size(environ: dict[str, Any], most: int) -> tuple[int, str]:
    """The body's length as announced, and what is wrong with it, if anything."""
    given = environ.get("CONTENT_LENGTH") or ""
    if not given:
        return 0, "no_length" if environ.get("HTTP_TRANSFER_ENCODING") else ""
    if not given.isascii() or not given.isdigit():
        return 0, "no_length"
    return int(given), "too_large" if int(given) > most else ""


def _announced(environ: dict[str, Any]) -> int:
    return int(environ.get("CONTENT_LENGTH") or 0)


def _drain(stream: Any, size: int, moved: Callable[[], None]) -> None:
    while size > 0 and (chunk := stream.read(min(size, PIECE))):
        size -= len(chunk)
        moved()


def _read_to_its_end(stream: Any, most: int, moved: Callable[[], None]) -> tuple[IO[bytes], int]:
    """A body whose length was not announced, and its length; of one that is larger than `most` no more than that is kept."""
    body: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 — lives with the request
    size = 0
    while size <= most and (chunk := stream.read(CHUNK)):
        body.write(chunk)
        size += len(chunk)
        moved()
    body.seek(0)
    return body, size


def _read(stream: Any, size: int, moved: Callable[[], None]) -> IO[bytes]:
    """The body, in memory while it is small; ends early when the client does."""
    if size <= CHUNK:
        return io.BytesIO(stream.read(size))
    body: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 — lives with the request
    left = size
    while left and (chunk := stream.read(min(left, CHUNK))):
        body.write(chunk)
        left -= len(chunk)
        moved()
    return body
