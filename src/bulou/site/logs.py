"""What the log must not hold: the tokens that stand in addresses."""

from __future__ import annotations

import logging
import re

_TOKEN = re.compile(r"/(key|f)/[^/\s\"'?]+")


class HideTokens(logging.Filter):
    """Replaces the token in every address a line names; the traceback of an error is looked through too."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if "/key/" in text or "/f/" in text:
            record.msg, record.args = _TOKEN.sub(r"/\1/…", text), None
        if record.exc_info and not record.exc_text:
            record.exc_text = _TOKEN.sub(r"/\1/…", logging.Formatter().formatException(record.exc_info))
        return True
