"""The PostgreSQL server that comes with Bulou: made, started, checked and stopped in BULOU_HOME, with no server to install.

It carries no tables and knows no Django models; a PostgreSQL of the county's own (DATABASE_URL) is prepared by the same roles.
`ensure_running(home)` gives a Cluster, `cluster.dsn(role)` a way in, `stop(home)` ends it and `status(home)` looks without touching.
"""

from bulou.platform.postgres.cluster import Cluster, Status, ensure_running, make_folders, status, status_pid, stop
from bulou.platform.postgres.roles import APP, FORGET, OWNER

__all__ = [
    "APP",
    "FORGET",
    "OWNER",
    "Cluster",
    "Status",
    "ensure_running",
    "make_folders",
    "status",
    "status_pid",
    "stop",
]
