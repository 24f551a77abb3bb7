"""The real application with one address more: an answer of 40 MB, larger than what the kernel would buffer for a client that does not read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bulou.site.wsgi import application

_pages = application.application


class Large:
    """An answer made piece by piece."""

    streaming = True

    def __iter__(self) -> Iterator[bytes]:
        return (b"x" * 65_536 for _ in range(640))

    def close(self) -> None:
        """Nothing is held."""


def _serve(environ: dict[str, Any], start_response: Any) -> Any:
    if environ["PATH_INFO"] != "/large":
        return _pages(environ, start_response)
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return Large()


application.application = _serve
