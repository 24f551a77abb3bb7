"""`bulou init`: found the county's database once, as real or as an exercise, with its keys, its authority and its places."""

from __future__ import annotations

import argparse

from bulou.site.commands.terminal import gettext, say
from bulou.site.home import Home, django_ready, this_home


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `bulou init`."""
    parser.add_argument(
        "kind",
        choices=["real", "exercise"],
        help=gettext("fixed for ever: people are never copied into an exercise, and only there can the clock be set"),
    )
    parser.add_argument(
        "--administrator",
        default="admin",
        metavar="NAME",
        help=gettext("log-in name of the first administrator (default: admin)"),
    )
    parser.add_argument("county", help=gettext("code of the county, six digits (GB/T 2260), such as 370921"))


def run(args: argparse.Namespace) -> int:
    """Found the house, then print the recovery sheet."""
    home = this_home()
    found(home, args.kind, args.county, administrator=args.administrator)
    print_sheet(home)
    return 0


def found(home: Home, kind: str, county: str, *, administrator: str = "") -> None:
    """Database, tables, founding row with the county's places, keys and authority; refuses a database that is founded already."""
    from bulou.platform import tls, vault

    with django_ready(home):
        from django.db import transaction

        from bulou.modules.registry.services.places_load import load_county
        from bulou.platform import clock
        from bulou.platform.access.viewer import system
        from bulou.platform.accounts.services.users import create_first_administrator
        from bulou.platform.house.services import found_house
        from bulou.site.serving import database

        now = clock.now()
        by = system("bulou init")
        if database.is_founded():
            found_house(kind, county, by=by, now=now)  # refuses, before anything is changed
        database.bring_up_to_date(home)
        vault.create(home.path)
        with transaction.atomic():
            found_house(kind, county, by=by, now=now)
            loaded = load_county(by=by, code=county, now=now)
            password = create_first_administrator(administrator, administrator, now) if administrator else ""
        tls.make_authority(home.tls, county=county, now=clock.real_now())
        say(
            gettext("Founded: %(kind)s, county %(county)s, in %(home)s")
            % {"kind": kind, "county": county, "home": home.path}
        )
        say(gettext("Places: %(count)s loaded from the national list") % {"count": loaded.added})
        if password:
            said = {"name": administrator, "password": password}
            say(gettext("Administrator: %(name)s, one-time password %(password)s (shown only here)") % said)


def print_sheet(home: Home) -> None:
    """The recovery sheet and what to keep apart from what."""
    from django.utils import translation

    from bulou.platform import tls, vault
    from bulou.site.commands.terminal import language

    with translation.override({"zh_Hans": "zh-hans", "zh_Hant": "zh-hant"}.get(language(), "en")):
        say()
        say(vault.recovery_sheet(home.path))
    say(gettext("Certificate authority (SHA-256): %(print)s") % {"print": tls.authority_at(home.tls).fingerprint})
    say(
        gettext("Compare it when a device asks whether to trust %(file)s.")
        % {"file": tls.authority.certificate_file(home.tls)}
    )
