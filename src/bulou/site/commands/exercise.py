"""`bulou exercise`: lets reports arrive in a demonstration, started and watched by `bulou demo`. Not listed: nobody needs to call it."""

from __future__ import annotations

import argparse
import signal
from threading import Event

from bulou.site.home import django_ready, this_home


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments: the seed the demonstration was loaded with."""
    parser.add_argument("--seed", type=int, default=1)


def run(args: argparse.Namespace) -> int:
    """Let reports arrive until SIGTERM; then the exercise's clock stands until the next start."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with django_ready(this_home(), stay=True):
        from bulou.site import demo
        from bulou.site.scenarios.arriving import arrive_until

        try:
            arrive_until(stop, seed=args.seed)
        finally:
            demo.stand_still()
    return 0
