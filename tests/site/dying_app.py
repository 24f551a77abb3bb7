"""The real application with one addition: a request that asks for it has its worker killed when all is done and nothing is answered yet."""

from __future__ import annotations

import os
import signal
from typing import Any

from bulou.site.wsgi import application as _real


def application(environ: dict[str, Any], start_response: Any) -> Any:
    answer = _real(environ, start_response)
    if environ.get("HTTP_X_DIE"):
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
