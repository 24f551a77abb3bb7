"""Writes the XForms of the forms that ship from their tables of text: src/bulou/modules/collection/data/forms/*.md → *.xml.

python tools/ship_forms.py
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Convert every form that ships and say which changed; 1 where one cannot be converted."""
    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bulou.site.settings")
    os.environ.setdefault("BULOU_SECRET_KEY", "ship")
    import django

    django.setup()
    from bulou.modules.collection.services import shipping

    for name in shipping.names():
        path = shipping.FOLDER / f"{name}.xml"
        made = shipping.made_anew(name)
        if not path.exists() or path.read_bytes() != made:
            path.write_bytes(made)
            print(f"wrote {path.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
