"""Backups: a dump of the database, encrypted as it is written, that expires by itself. The keys are never inside.

`create` writes one, `read_header` looks at one, `restore` puts one back and forgets again what was forgotten after it was taken,
`prune` deletes those whose time is over. It is not an archive: what must be kept longer belongs in a document, not in a backup.
"""

from bulou.platform.backup.container import Header, read_header
from bulou.platform.backup.creating import create
from bulou.platform.backup.keeping import prune
from bulou.platform.backup.restoring import Restored, restore

__all__ = ["Header", "Restored", "create", "prune", "read_header", "restore"]
