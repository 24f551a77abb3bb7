"""The settings of ODK Collect as its QR codes carry them: JSON of three parts, deflated with zlib, in base64.

What the code does not name Collect sets to its default. See docs/collection.md for what each of ours is for.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode

# What an officer at a roadblock must not change by a slip of the glove.
LOCKED = ("change_server", "change_autosend", "change_form_update_mode", "change_project_display", "delete_after_send")


def settings_text(server_url: str, *, name: str, language: str = "") -> str:
    """What stands in the QR code for a device that sends to `server_url` (`…/key/<token>`); `name` is shown in its list of projects."""
    general: dict[str, object] = {
        "protocol": "odk_default",
        "server_url": server_url,
        "form_update_mode": "match_exactly",
        "automatic_update": True,
        "autosend": "wifi_and_cellular",
        "image_size": "small",
    }
    if language:
        general["app_language"] = language
    said = {
        "general": general,
        "admin": dict.fromkeys(LOCKED, False),
        "project": {"name": name[:40], "icon": "漏", "color": "#0f5c63"},
    }
    packed = zlib.compress(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode(), 9)
    return b64encode(packed).decode()
