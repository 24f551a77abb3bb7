"""The server's settings, sized to the machine it runs on. Pure: memory and disk in, settings out; `look` reads the machine."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

MB = 1024 * 1024
CONNECTIONS = 80


@dataclass(frozen=True, slots=True)
class Machine:
    """What there is to share: memory of the machine or of the container, in bytes, and free space on the data's disk, in bytes."""

    memory: int
    free: int


def look(folder: Path) -> Machine:
    """The machine as it is now; a container's memory limit counts where it is lower."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        text = Path(limit).read_text().strip() if Path(limit).exists() else ""
        if text.isdigit():
            memory = min(memory, int(text))
    return Machine(memory, shutil.disk_usage(folder).free)


def settings(machine: Machine, *, durable: bool = True) -> dict[str, str]:
    """Settings of a server that has the machine to itself and the application. `durable=False` is for tests only.

    A quarter of the memory is the usual start for shared_buffers; 4 GB is where more stops paying on a machine that also runs the
    application. The log never holds statements or values: they are personal data.
    """
    shared = _between(machine.memory // 4, 64 * MB, 4096 * MB)
    wal = _between(machine.free // 10, 256 * MB, 4096 * MB)
    sized = {
        "max_connections": str(CONNECTIONS),
        "shared_buffers": _mb(shared),
        "effective_cache_size": _mb(max(machine.memory * 6 // 10, shared)),
        "maintenance_work_mem": _mb(_between(machine.memory // 16, 64 * MB, 1024 * MB)),
        "work_mem": _mb(_between(machine.memory // 512, 8 * MB, 64 * MB)),
        "max_wal_size": _mb(wal),
        "min_wal_size": _mb(_between(wal // 8, 80 * MB, 512 * MB)),
        "checkpoint_completion_target": "0.9",
        # Compressing the pages written whole after a checkpoint took a tenth of a submission's time; the log is kept for minutes only.
        "wal_compression": "off",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_min_messages": "warning",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_line_prefix": "'%m [%p] %u '",
        "password_encryption": "'scram-sha-256'",
        "listen_addresses": "''",
        "unix_socket_permissions": "0700",
        "cluster_name": "'bulou'",
    }
    return sized | (_DURABLE if durable else _FORGETFUL)


_DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_FORGETFUL = {
    "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "wal_level": "minimal", "max_wal_senders": "0",
    "shared_buffers": "256MB", "autovacuum_naptime": "1h", "max_wal_size": "2GB",
}  # fmt: skip


def _between(value: int, least: int, most: int) -> int:
    return max(least, min(value, most))


def _mb(size: int) -> str:
    return f"{size // MB}MB"
