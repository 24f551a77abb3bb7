"""Good practice, put one at a time into the bed: nothing may be found. A check that forbids good work is as bad as one that misses bad."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.bed import Bed, lay
from tests.architecture.house import check
from tests.architecture.house.finding import Finding


@dataclass(frozen=True, slots=True)
class Practice:
    """What is done, and how."""

    name: str
    do: Callable[[Bed], object]


def adds(name: str, path: str, text: str) -> Practice:
    """A practice shown by adding text to a file."""
    return Practice(name, lambda bed: bed.add(path, text))


def only_what_is_required(bed: Bed) -> None:
    """A module of its required files and nothing else."""
    for name in ("views.py", "forms.py", "templates"):
        bed.drop(f"lanterns/{name}")
    bed.put("lanterns/urls.py", '"""Addresses."""\n\napp_name = "lanterns"\nurlpatterns = []\n')
    bed.swap("lanterns/module.py", "menu=(MenuItem", "menu=() and (MenuItem")


_SEES = '@needs("lanterns.view_entry")\ndef {0}(request):\n    return None'

PRACTICES: tuple[Practice, ...] = (
    adds("higher module calls lower service", "bridges/services.py", "from bulou.modules.lanterns import services as lanterns\ndef light(by, now):\n    return lanterns.record_entry(by=by, place_id=1, text='', happened_at=now, now=now)"),
    adds("higher module reads lower query", "bridges/queries.py", "from bulou.modules.lanterns import queries as lanterns\nLANTERNS = lanterns.entries"),
    adds("higher module asks a lower rule", "bridges/rules.py", "from bulou.modules.lanterns import rules as lanterns\nLONGEST_OF_ALL = lanterns.LONGEST"),
    adds("a query's own class and a service's refusal", "bridges/queries.py", "from bulou.modules.registry.queries.scopes import Reach, reaches\nfrom bulou.modules.registry.queries import scopes\ndef f(viewer) -> Reach:\n    return scopes.reaches(viewer, 'x')[0]"),
    adds("rules use core", "bridges/rules.py", "from bulou.core import windows\nfrom bulou.core.trees import Tree"),
    adds("rules use mathematics, enums and zones", "lanterns/rules.py", "import math\nfrom enum import Enum\nfrom zoneinfo import ZoneInfo"),
    adds("a query fills a dict, a set and a list", "lanterns/queries.py", "def f(viewer):\n    d, s, ids = {}, set(), set(entries(viewer).values_list('id', flat=True))\n    d.update(a=1)\n    s.add(1)\n    ids.add(2)\n    ids.remove(2)\n    d.clear()\n    return d, s"),
    adds("a query updates a dict made of rows", "lanterns/queries.py", "def f():\n    known = dict(Entry.objects.values_list('id', 'text'))\n    known.update({0: ''})\n    return known"),
    adds("a model calls its own rules", "lanterns/models.py", "from bulou.modules.lanterns import rules"),
    adds("a model saves itself with a derived column", "lanterns/models.py", "class Wick(models.Model):\n    def save(self, *args, **kwargs):\n        self.text = self.text.strip()\n        super().save(*args, **kwargs)"),
    adds("a template links to its own and to a lower module", "bridges/templates/bridges/entries.html", '{% url "lanterns:entries" %}{% url "bridges:record" %}{% include "lanterns/entries.html" %}'),
    adds("a link to a part of the page, a query, a telephone", "lanterns/templates/lanterns/entries.html", '<a href="#top">↑</a><a href="?page=2">→</a><a href="tel:{{ phone }}">☏</a><a href="{{ address }}">→</a>'),
    adds("a comment shows a bad link", "lanterns/templates/lanterns/entries.html", '{# not <a href="/almanac/"> #}{% comment %}style="x"{% endcomment %}'),
    adds("a view finds its row or answers 404", "lanterns/views.py", "from django.shortcuts import get_object_or_404\ndef g(viewer, pk):\n    return get_object_or_404(queries.entries(viewer), pk=pk)"),
    adds("a view deletes through its service", "lanterns/views.py", "def h(request, pk):\n    return services.delete_entry(by=request.viewer, pk=pk, now=request.now)"),
    adds("core takes now as an argument", "/src/bulou/core/gaps.py", "def age(gap, *, now):\n    return now - gap.since"),
    adds("the edge reads the clock through the clock", "lanterns/tasks.py", '"""Work that comes due."""\nfrom bulou.platform import clock\nfrom bulou.platform.clock import day_span, local_day\ndef run():\n    return local_day(clock.now())'),
    adds("a moment is computed from a moment", "lanterns/services.py", "from django.utils import timezone\ndef f(at):\n    return timezone.localtime(at), datetime.fromisoformat('2020-01-26'), at.astimezone()"),
    adds("a measured time is no reading of the clock", "lanterns/tasks.py", '"""Work."""\nimport time\ndef f():\n    return time.monotonic(), time.perf_counter()'),
    adds("a comment and a docstring mention now()", "/src/bulou/core/gaps.py", '# never call now() here\ndef f():\n    """Not CURRENT_DATE, nor now()."""'),
    adds("the word of a neighbour's table in a label", "lanterns/queries.py", "LABEL = 'kites needed, registry of places, entry by entry'"),
    adds("SQL on one's own table, in one literal", "lanterns/queries.py", "from django.db import connection\nSQL = '''SELECT id FROM lanterns_entry\n    WHERE happened_at < %s'''\ndef f(now):\n    with connection.cursor() as cursor:\n        cursor.execute(SQL, [now])\n        return cursor.fetchall()"),
    adds("SQL that locks, in a service", "lanterns/services.py", "from django.db import connection\ndef lock():\n    with connection.cursor() as cursor:\n        cursor.execute('SELECT pg_advisory_xact_lock(%s)', [7])"),
    adds("SQL chosen from literals", "lanterns/services.py", "from django.db import connection\nSTEPS = ('DELETE FROM lanterns_entry WHERE id = 1', 'DELETE FROM lanterns_entry WHERE id = 2')\ndef f():\n    with connection.cursor() as cursor:\n        for words in STEPS:\n            cursor.execute(words)"),
    adds("a list and a cache are copied", "lanterns/queries.py", "def f(rows):\n    return rows.copy(), dict(rows).copy()"),
    adds("a key points down and to the platform", "bridges/models.py", "class Wick(models.Model):\n    a = models.ForeignKey('lanterns.Entry', models.PROTECT)\n    b = models.ForeignKey('self', models.PROTECT)\n    c = models.ForeignKey(Entry, models.PROTECT)\n    d = models.BigIntegerField()"),
    adds("a migration reads its own old tables", "lanterns/migrations/0001_initial.py", "def f(apps, editor):\n    apps.get_model('lanterns', 'Entry').objects.all().delete()\n    apps.get_model('registry', 'Place')"),
    adds("a guard in the addresses", "lanterns/urls.py", "from bulou.platform.access.guard import needs\nfrom django.views.generic import TemplateView\nurlpatterns += [path('x', needs('lanterns.view_entry')(TemplateView.as_view(template_name='x')))]"),
    adds("a view that is a class with its permission", "lanterns/urls.py", "from django.views import View\nclass Shown(View):\n    permission = 'lanterns.view_entry'\nurlpatterns += [path('x', Shown.as_view())]"),
    Practice("views grown into a package", lambda bed: (bed.grow("lanterns/views"), bed.put("lanterns/views/lists.py", '"""Lists."""\nfrom bulou.platform.access.guard import needs\n' + _SEES.format("shown")), bed.add("lanterns/views/__init__.py", "from bulou.modules.lanterns.views.lists import shown"), bed.add("lanterns/urls.py", "urlpatterns += [path('x', views.shown)]"))),
    Practice("services grown into a package", lambda bed: (bed.grow("lanterns/services"), bed.put("lanterns/services/wicks.py", '"""Wicks."""\nfrom bulou.modules.lanterns import queries\n'))),
    Practice("models, rules and queries grown too", lambda bed: [bed.grow(f"lanterns/{name}") for name in ("models", "rules", "queries")]),
    Practice("a module of required files only", only_what_is_required),
    adds("an API beside the views", "lanterns/api.py", f'"""JSON."""\nfrom bulou.modules.lanterns import services\nfrom bulou.platform.access.guard import needs\n{_SEES.format("entries")}'),
    adds("an interface looks down into modules", "/src/bulou/interfaces/board/views.py", '"""The board."""\nfrom bulou.modules.lanterns import queries\nfrom bulou.platform.manifest import extras\n'),
    adds("JSON in a page, scripts of one's own", "lanterns/templates/lanterns/entries.html", '<script type="application/json">{}</script><script src="{% static "lanterns/x.js" %}" defer></script><svg xmlns="http://www.w3.org/2000/svg"></svg>'),
    adds("a resource of one's own package", "lanterns/queries.py", "from importlib import resources\ndef f():\n    return resources.files('bulou.modules.lanterns').joinpath('data')"),
    adds("a test reads the clock and every model", "lanterns/tests/test_more.py", "from datetime import UTC, datetime\nfrom bulou.modules.registry.models import Place\nNOW = datetime.now(UTC)\nPlace.objects.all().delete()"),
)  # fmt: skip


def table(folder: Path) -> Iterator[tuple[Practice, list[Finding]]]:
    """Every practice with what was wrongly found."""
    bed = lay(folder)
    before = set(check(bed.root))
    for practice in PRACTICES:
        try:
            practice.do(bed)
            yield practice, sorted(set(check(bed.root)) - before)
        finally:
            bed.restore()


def main() -> int:
    """Print the table; 1 if anything good was refused."""
    refused = 0
    with tempfile.TemporaryDirectory() as folder:
        for practice, found in table(Path(folder)):
            refused += bool(found)
            print(f"{practice.name:56} {'; '.join(map(str, found)) or 'allowed'}")
    print(f"{len(PRACTICES)} good practices, {refused} refused")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
