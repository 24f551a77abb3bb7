"""Texts that carry their own languages (playbooks, forms, messages to the public), said in the reader's."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language

FALLBACKS = {"zh-hant": ("zh-Hant", "zh-Hans", "en"), "en": ("en", "zh-Hans"), "zh-hans": ("zh-Hans", "en")}


def said(texts: Mapping[str, str] | str | None, language: str | None = None) -> str:
    """The text in `language` (else the one active now); else in the nearest one there is; '' if there is none.

    A Traditional reader of a text that has only Simplified gets it as it is: names are not converted by machine.
    """
    if isinstance(texts, str):
        return texts
    if not texts:
        return ""
    active = (language or get_language() or "zh-hans").lower()
    exact = next((text for key, text in texts.items() if key.lower() == active), None)
    return exact or next(
        (texts[key] for key in FALLBACKS.get(active, ("zh-Hans", "en")) if key in texts), next(iter(texts.values()))
    )
