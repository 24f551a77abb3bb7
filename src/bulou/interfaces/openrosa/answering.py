"""The answers of the protocol: OpenRosa's message in the sender's language, with the headers every answer carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from functools import lru_cache
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_supported_language_variant, override
from django.utils.translation import gettext_lazy as _

from bulou.platform import clock

XML = "text/xml; charset=utf-8"
RESPONSE = "http://openrosa.org/http/response"
VERSION = "1.0"
SENTENCES: Mapping[str, str | Promise] = {
    "collection.received": _("Received."),
    "collection.known": _("Received already. It need not be sent again."),
    "collection.held": _("Received. Somebody will look at it before it counts."),
    "collection.conflict": _(
        "Something else was received under this number before. This copy is kept aside for your lead to settle."
    ),
    "collection.token_over": _("This device is not let in, or no longer. Ask your lead for a new code."),
    "collection.form_unknown": _("There is no such form, or not in this version. Load the list of forms again."),
    "collection.version": _("This house speaks OpenRosa 1.x."),
    "collection.too_often": _("That is too often. Wait a minute and send it again."),
    "collection.log_in": _("A name and a password are needed."),
    "collection.account": _("This account cannot be used by name and password here. Ask for a code for this device."),
    "collection.plain": _("A password is taken over HTTPS only."),
    "collection.not_multipart": _(
        "A form is sent as multipart/form-data with its XML in the part xml_submission_file."
    ),
    "collection.no_xml": _("Exactly one part xml_submission_file is needed."),
    "collection.cut_off": _("What was sent broke off on the way. Nothing of it was kept; send it again."),
    "collection.too_many": _("These are more files than one message may carry. Send them in several."),
    "collection.file_name": _("A file has a name that cannot be kept."),
    "collection.too_large": _("What was sent is too large. Send the files in several messages, or smaller ones."),
    "collection.no_such_page": _("There is nothing here."),
    "collection.method": _("This address is only posted to."),
    "collection.busy": _("The house cannot take this now. It is kept on your device; send it again later."),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer before it is put on the wire."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = field(default=())


def said(status: int, code: str, language: str = "", sentence: str = "") -> Answer:
    """OpenRosa's message for a code, in a language; `sentence` where somebody else words it."""
    if sentence:
        return Answer(status, _message(status, sentence), (("Content-Type", XML),))
    return _held(status, code, supported(language))


def supported(language: str) -> str:
    """The language of the interface that is nearest; the house's own where there is none."""
    try:
        return get_supported_language_variant(language) if language else settings.LANGUAGE_CODE
    except LookupError:
        return settings.LANGUAGE_CODE


@lru_cache(maxsize=256)
def _held(status: int, code: str, language: str) -> Answer:
    with override(language):
        return Answer(status, _message(status, str(SENTENCES[code])), (("Content-Type", XML),))


def _message(status: int, sentence: str) -> bytes:
    nature = "submit_success" if status in (201, 202) else "error"
    return (
        f'<OpenRosaResponse xmlns="{RESPONSE}"><message nature="{nature}">{escape(sentence)}</message></OpenRosaResponse>'
    ).encode()


def common(most: int | None = None) -> list[tuple[str, str]]:
    """The headers every answer of the protocol carries; `most` where bodies are taken."""
    headers = [("X-OpenRosa-Version", VERSION), ("Date", _date(int(clock.ticks())))]
    return headers if most is None else [*headers, ("X-OpenRosa-Accept-Content-Length", str(most))]


@lru_cache(maxsize=2)
def _date(_second: int) -> str:
    return format_datetime(clock.real_now(), usegmt=True)
