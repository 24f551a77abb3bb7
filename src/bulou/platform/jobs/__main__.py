"""`python -m bulou.platform.jobs`: a worker, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import os
import signal
from threading import Event


def main() -> None:
    """Set Django up and work."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bulou.site.settings")
    os.environ["BULOU_POOL"] = "0"  # a tick's place is held by its session: it must not go back to a pool
    import django

    django.setup()
    from bulou.platform import clock
    from bulou.platform.house.queries import pace
    from bulou.platform.jobs.working import work

    clock.set_pace_source(pace)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: stop.set())
    work(stop)


if __name__ == "__main__":
    main()
