"""`bulou work`: the jobs of the house, started and watched by `bulou up`. Not listed: nobody needs to call it."""

from __future__ import annotations

import argparse
import signal
from threading import Event

from bulou.site.home import django_ready, this_home


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Takes none."""


def run(args: argparse.Namespace) -> int:
    """Work until SIGTERM."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with django_ready(this_home(), stay=True):
        from bulou.platform.jobs.working import work

        work(stop)
    return 0
