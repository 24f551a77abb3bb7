"""`python -m tests.architecture [folder]`: every finding in a tree, one to a line; 1 if there is any. Needs no Django
and no database.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.architecture.house import check


def main(arguments: list[str]) -> int:
    """Check the tree at the folder named, or the one this file lies in."""
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[2]
    found = check(root)
    print("\n".join(map(str, found)) if found else "The house stands: no rule is broken.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
