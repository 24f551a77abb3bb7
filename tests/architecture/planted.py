"""Violations, planted one at a time into a copy of the bed: each must be noticed, by the rule it breaks.

`python -m tests.architecture.planted` prints the table: planted → rule that noticed, and where.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.bed import Bed, lay
from tests.architecture.house import check
from tests.architecture.house.finding import Finding

Plant = Callable[[Bed], object]


@dataclass(frozen=True, slots=True)
class Violation:
    """What is planted, the rule that must notice, and how it is planted."""

    name: str
    rule: str
    plant: Plant


def adds(name: str, rule: str, path: str, text: str) -> Violation:
    """A violation made by adding text to a file."""
    return Violation(name, rule, lambda bed: bed.add(path, text))


def tracks(name: str, path: str, text: str) -> Violation:
    """A violation made by putting a file under version control."""

    def plant(bed: Bed) -> None:
        bed.put(f"/{path}", text)
        subprocess.run(["git", "init", "-q", str(bed.root)], check=True)
        subprocess.run(["git", "-C", str(bed.root), "add", "-f", "src", path], check=True)

    return Violation(name, "records", plant)


_MODEL = "\nclass Wick(models.Model):\n    "
_UP = "from bulou.modules.almanac import queries as later"
_CURSOR = "from django.db import connection\ndef rows(app, name):\n    with connection.cursor() as cursor:\n        "
_FOREIGN = "\nclass LaterForm:\n    pass\n"

DIRECTION = (
    adds("core imports the platform", "packages", "/src/bulou/core/gaps.py", "from bulou.platform import manifest"),
    adds("platform imports a module", "packages", "/src/bulou/platform/journal/services.py", "def f():\n    from bulou.modules.lanterns import queries"),
    adds("platform reads the floor plan", "packages", "/src/bulou/platform/journal/services.py", "from bulou.floors import MODULES"),
    adds("a module imports an interface", "packages", "lanterns/services.py", "import bulou.interfaces"),
    adds("the clock imports the journal", "foundations", "/src/bulou/platform/clock.py", "from bulou.platform.journal import services"),
    adds("two files need each other", "circles", "/src/bulou/platform/journal/services.py", "from bulou.platform.tables.table import Table"),
    adds("lower module imports higher", "floors", "lanterns/services.py", _UP),
    adds("lower imports higher inside a function", "floors", "lanterns/services.py", f"def f():\n    {_UP}\n    return later"),
    adds("lower imports higher under TYPE_CHECKING", "floors", "lanterns/services.py", f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {_UP}"),
    adds("lower imports higher by dots", "floors", "lanterns/services.py", "from ..almanac import queries as later"),
    adds("neighbour imports neighbour", "floors", "lanterns/services.py", "from bulou.modules.kites import queries as beside"),
    adds("higher enters lower by its models", "doors", "bridges/services.py", "from bulou.modules.lanterns.models import Entry as Lantern"),
    adds("higher takes a model through a query", "doors", "bridges/services.py", "from bulou.modules.registry.queries import scopes\ndef f():\n    return scopes.Place.objects.all()"),
    adds("higher imports a model from a query", "doors", "bridges/services.py", "from bulou.modules.registry.queries.scopes import Person\nPEOPLE = Person"),
    adds("higher enters lower by its views", "doors", "bridges/views.py", "from bulou.modules.lanterns import views as lanterns"),
    adds("query imports service", "inside", "lanterns/queries.py", "from bulou.modules.lanterns import services"),
    adds("model imports query", "inside", "lanterns/models.py", "from bulou.modules.lanterns import queries"),
    adds("service imports view", "inside", "lanterns/services.py", "def f():\n    from bulou.modules.lanterns import views"),
    Violation("view imports api", "inside", lambda bed: (bed.put("lanterns/api.py", '"""JSON."""\n'), bed.add("lanterns/views.py", "from bulou.modules.lanterns import api"))),
    adds("rules import their models", "inside", "lanterns/rules.py", "from bulou.modules.lanterns import models"),
)  # fmt: skip

PURITY = (
    adds("core imports Django", "purity", "/src/bulou/core/gaps.py", "from django.utils import timezone"),
    adds("rules import Django", "purity", "lanterns/rules.py", "from django.utils.dateparse import parse_date"),
    adds("rules import the platform", "purity", "lanterns/rules.py", "from bulou.platform.refusals import Refusal"),
    adds("rules roll dice", "purity", "lanterns/rules.py", "import random"),
    adds("rules make ids", "purity", "lanterns/rules.py", "from uuid import uuid4\ndef f():\n    return uuid4()"),
    adds("rules open a file", "purity", "lanterns/rules.py", "def f():\n    return open('x').read()"),
)

SHAPE = (
    adds("module __init__ imports models", "front", "lanterns/__init__.py", "from bulou.modules.lanterns.models import Entry"),
    Violation("module __init__ says nothing", "front", lambda bed: bed.put("lanterns/__init__.py", "")),
    Violation("apps.py imports models", "front", lambda bed: bed.swap("lanterns/apps.py", "from django.apps", "from bulou.modules.lanterns import models\nfrom django.apps")),
    adds("apps.py does work when ready", "front", "lanterns/apps.py", "        module.start()"),
    Violation("the manifest has another module's name", "front", lambda bed: bed.swap("lanterns/module.py", 'name="lanterns"', 'name="kites"')),
    Violation("a file utils.py", "names", lambda bed: bed.put("/src/bulou/platform/utils.py", '"""Things."""\n')),
    Violation("a file of no standard kind", "shape", lambda bed: bed.put("lanterns/wicks.py", '"""Wicks."""\n')),
    Violation("no tests", "shape", lambda bed: bed.drop("lanterns/tests")),
    Violation("tests without a test", "shape", lambda bed: [bed.drop(f"lanterns/tests/test_{kind}.py") for kind in ("rules", "services", "pages")]),
    Violation("no rules", "shape", lambda bed: bed.drop("lanterns/rules.py")),
    Violation("services twice", "shape", lambda bed: bed.put("lanterns/services/__init__.py", '"""Writes."""\n')),
    Violation("a folder on no floor", "plan", lambda bed: bed.put("mystery/__init__.py", '"""What is this."""\n')),
    Violation("a floor without its folder", "plan", lambda bed: bed.drop("kites")),
    adds("a file Python cannot read", "readable", "lanterns/services.py", "def f(:"),
)  # fmt: skip

CLOCK = (
    adds("datetime.now()", "clock", "lanterns/rules.py", "def age(d):\n    return datetime.now() - d"),
    adds("utcnow under another name", "clock", "lanterns/services.py", "import datetime as dt\ndef f():\n    return dt.datetime.utcnow()"),
    adds("a renamed datetime", "clock", "lanterns/services.py", "from datetime import datetime as D\ndef f():\n    return D.now()"),
    adds("a datetime given another name", "clock", "lanterns/services.py", "D = datetime\ndef f():\n    return D.now()"),
    adds("getattr(datetime, 'now')()", "clock", "lanterns/services.py", "def f():\n    return getattr(datetime, 'now')()"),
    adds("date.today()", "clock", "lanterns/queries.py", "from datetime import date\ndef f():\n    return date.today()"),
    adds("time.time()", "clock", "lanterns/services.py", "import time\ndef f():\n    return time.time()"),
    adds("from time import time", "clock", "lanterns/services.py", "from time import time"),
    adds("timezone.now as a default", "clock", "lanterns/models.py", f"from django.utils import timezone{_MODEL}at = models.DateTimeField(default=timezone.now)"),
    adds("from django.utils.timezone import now", "clock", "lanterns/services.py", "from django.utils.timezone import now"),
    adds("localdate() of no moment", "clock", "lanterns/services.py", "from django.utils.timezone import localdate\ndef f():\n    return localdate()"),
    adds("auto_now_add", "clock", "lanterns/models.py", f"{_MODEL}at = models.DateTimeField(auto_now_add=True)"),
    adds("a database default of time", "clock", "lanterns/models.py", f"from django.db.models.functions import Now{_MODEL}at = models.DateTimeField(db_default=Now())"),
    adds("now() in SQL", "clock", "lanterns/queries.py", 'SQL = "SELECT id FROM lanterns_entry WHERE happened_at < now()"'),
    adds("CURRENT_DATE in a migration", "clock", "lanterns/migrations/0001_initial.py", 'SQL = "ALTER TABLE lanterns_entry ALTER COLUMN on_day SET DEFAULT CURRENT_DATE"'),
    adds("clock_timestamp() in a .sql file", "clock", "lanterns/sql/age.sql", "SELECT clock_timestamp() - happened_at FROM lanterns_entry;"),
    adds("{% now %} in a template", "clock", "lanterns/templates/lanterns/entries.html", '{% now "Y" %}'),
    adds("timesince of no moment", "clock", "lanterns/templates/lanterns/entries.html", "{{ entry.happened_at|timesince }}"),
    adds("the clock in an interface", "clock", "/src/bulou/interfaces/board.py", "from django.utils import timezone\nNOW = timezone.now()"),
)  # fmt: skip

WRITES = (
    adds("delete in a query", "writes", "lanterns/queries.py", "def f():\n    Entry.objects.all().delete()"),
    adds('getattr(rows, "delete")()', "writes", "lanterns/queries.py", 'def f():\n    getattr(Entry.objects.all(), "delete")()'),
    adds("getattr(rows, verb)()", "writes", "lanterns/queries.py", "def f(verb):\n    getattr(Entry.objects.all(), verb)()"),
    adds("a method taken by its name", "writes", "lanterns/queries.py", "def f():\n    wipe = Entry.objects.all().delete\n    wipe()"),
    adds("methodcaller('delete')", "writes", "lanterns/queries.py", "from operator import methodcaller\nwipe = methodcaller('delete')"),
    adds("create in a view", "writes", "lanterns/views.py", "from bulou.modules.lanterns.models import Entry\ndef f():\n    Entry.objects.create()"),
    adds("update of rows with a name", "writes", "lanterns/queries.py", "def f(viewer):\n    rows = Entry.objects.filter(id=1)\n    rows.update(text='')"),
    adds("a form saved in a view", "writes", "lanterns/views.py", "def f(form):\n    form.save()"),
    adds("bulk_create in an API", "writes", "lanterns/api.py", "def f(model, rows):\n    model.objects.bulk_create(rows)"),
    adds("save in a model's method", "writes", "lanterns/models.py", f"{_MODEL}def burn(self):\n        self.save()"),
    adds("a query calls another part's service", "writes", "lanterns/queries.py", "from bulou.platform.journal.services import write"),
    adds("INSERT in a query", "writes", "lanterns/queries.py", 'SQL = "INSERT INTO lanterns_entry (text) VALUES (%s)"'),
    adds("UPDATE pieced together in a query", "writes", "lanterns/queries.py", 'SQL = "UPD" + "ATE lanterns_entry SET text = %s"'),
    adds("raw SQL in a view", "writes", "lanterns/views.py", "from django.db import connection\ndef f():\n    connection.cursor()"),
    adds("a writing verb without by and now", "verbs", "lanterns/services.py", "def burn(pk: int) -> None:\n    Entry.objects.filter(pk=pk).delete()"),
)  # fmt: skip

TABLES = (
    adds("SQL on a lower module's table", "tables", "lanterns/queries.py", 'SQL = "SELECT name FROM registry_place"'),
    adds("SQL on a higher module's table", "tables", "lanterns/queries.py", 'SQL = "SELECT text FROM almanac_entry"'),
    adds("SQL pieced together with +", "tables", "lanterns/queries.py", 'SQL = "SELECT text FROM " + "almanac" + "_" + "entry"'),
    adds("SQL pieced together by f-string", "tables", "lanterns/queries.py", 'APP = "almanac"\nSQL = f"SELECT text FROM {APP}_entry"'),
    adds("SQL pieced together by join", "tables", "lanterns/queries.py", 'SQL = "SELECT text FROM " + "_".join(["almanac", "entry"])'),
    adds("SQL pieced together by %", "tables", "lanterns/queries.py", 'SQL = "SELECT text FROM %s_entry" % "almanac"'),
    adds("half a table's name in SQL", "tables", "lanterns/queries.py", f'{_CURSOR}cursor.execute(f"SELECT text FROM {{app}}_entry")'),
    adds("SQL nobody can read", "tables", "lanterns/services.py", f"{_CURSOR}cursor.execute(build(app, name))"),
    adds("a .sql file on another's table", "tables", "lanterns/sql/names.sql", "SELECT name FROM registry_place;"),
    adds("a module writes the journal's table itself", "tables", "lanterns/services.py", 'SQL = "INSERT INTO journal_line (action) VALUES (%s)"'),
)  # fmt: skip

BACK_DOORS = (
    adds("importlib", "back doors", "lanterns/services.py", "import importlib\ndef f(name):\n    return importlib.import_module(name)"),
    adds("import_module under another name", "back doors", "lanterns/services.py", "from importlib import import_module as fetch\ndef f(name):\n    return fetch(name)"),
    adds("__import__", "back doors", "lanterns/services.py", "def f(name):\n    return __import__(name)"),
    adds("import_string", "back doors", "lanterns/services.py", "from django.utils.module_loading import import_string\ndef f(name):\n    return import_string(name)"),
    adds("apps.get_model", "back doors", "lanterns/services.py", "from django.apps import apps\ndef f():\n    return apps.get_model('almanac', 'Entry')"),
    adds("getattr(apps, 'get_model')", "back doors", "lanterns/services.py", "from django.apps import apps\ndef f():\n    return getattr(apps, 'get_model')('almanac.Entry')"),
    adds("sys.modules", "back doors", "lanterns/services.py", "import sys\ndef f(name):\n    return sys.modules[name]"),
    adds("eval", "back doors", "lanterns/services.py", "def f(text):\n    return eval(text)"),
    adds("addresses of a higher module by string", "back doors", "lanterns/urls.py", "from django.urls import include\nurlpatterns += [path('x', include('bulou.modules.almanac.urls'))]"),
    adds("the platform knows a module by name", "back doors", "/src/bulou/platform/journal/services.py", "HOME = 'bulou.modules.registry'"),
    adds("a migration asks for a higher table", "back doors", "lanterns/migrations/0001_initial.py", "def f(apps, editor):\n    apps.get_model('almanac', 'Entry')"),
    adds("a signal received", "signals", "lanterns/services.py", "from django.db.models.signals import post_save"),
    adds("a signal connected by string", "signals", "lanterns/module.py", "from django.db import models\nmodels.signals.post_save.connect(len, sender='registry.Place')"),
    adds("a signal of one's own", "signals", "lanterns/services.py", "from django.dispatch import Signal"),
)  # fmt: skip

KEYS = (
    adds("foreign key upward by string", "keys", "lanterns/models.py", f"{_MODEL}a = models.ForeignKey('almanac.Entry', models.CASCADE)"),
    adds("foreign key to a neighbour", "keys", "lanterns/models.py", f"{_MODEL}a = models.OneToOneField(to='kites.Entry', on_delete=models.CASCADE)"),
    adds("foreign key upward by a name", "keys", "lanterns/models.py", f"TO = 'almanac' + '.Entry'{_MODEL}a = models.ForeignKey(TO, models.CASCADE)"),
    adds("foreign key to who knows what", "keys", "lanterns/models.py", f"def target():\n    return 'almanac'{_MODEL}a = models.ForeignKey(f'{{target()}}.Entry', models.CASCADE)"),
    adds("many to many through a higher table", "keys", "lanterns/models.py", f"{_MODEL}a = models.ManyToManyField('registry.Place', through='almanac.Entry')"),
    adds("a key that can point anywhere", "keys", "lanterns/models.py", f"from django.contrib.contenttypes.fields import GenericForeignKey{_MODEL}a = GenericForeignKey()"),
    adds("the platform points at a module", "keys", "/src/bulou/platform/journal/models.py", "class Wick(models.Model):\n    a = models.ForeignKey('registry.Place', models.CASCADE)"),
    Violation("a migration waits for a higher module", "keys", lambda bed: bed.swap("lanterns/migrations/0001_initial.py", '("registry", "0001_initial")', '("almanac", "0001_initial")')),
)  # fmt: skip

ADDRESSES = (
    adds("page without permission", "addresses", "lanterns/urls.py", "def bare(request):\n    return None\nurlpatterns += [path('x', bare)]"),
    Violation("page without permission in a grown urls", "addresses", lambda bed: (bed.grow("lanterns/urls"), bed.put("lanterns/urls/more.py", "from django.urls import path\nurlpatterns = [path('x', len)]\n"))),
    adds("page that is a lambda", "addresses", "lanterns/urls.py", "urlpatterns += [path('x', lambda request: None)]"),
    adds("page of another's making", "addresses", "lanterns/urls.py", "from django.views.generic import TemplateView\nurlpatterns += [path('x', TemplateView.as_view(template_name='x'))]"),
    Violation("a guard taken off", "addresses", lambda bed: bed.swap("lanterns/views.py", '@needs("lanterns.record_entry")\ndef record', "def record")),
    Violation("a permission on no manifest", "addresses", lambda bed: bed.swap("lanterns/views.py", '@needs("lanterns.view_entry")', '@needs("lanterns.see_entry")')),
    adds("an interface's page without permission", "addresses", "/src/bulou/interfaces/board/urls.py", "from django.urls import path\nfrom bulou.interfaces.board import views\nurlpatterns = [path('x', views.board)]"),
)  # fmt: skip

LINKS = (
    adds("template links upward", "links", "lanterns/templates/lanterns/entries.html", '{% url "almanac:entries" %}'),
    adds("template links upward through a variable", "links", "lanterns/templates/lanterns/entries.html", '{% with to="almanac:entries" %}{% url to %}{% endwith %}'),
    adds("template includes from above", "links", "lanterns/templates/lanterns/entries.html", '{% include "almanac/entries.html" %}'),
    adds("template extends a neighbour", "links", "lanterns/templates/lanterns/more.html", '{% extends "kites/entries.html" %}'),
    adds("raw href", "links", "lanterns/templates/lanterns/entries.html", '<a href="/almanac/">→</a>'),
    adds("raw hx-get", "links", "lanterns/templates/lanterns/entries.html", "<div hx-get=/almanac/part></div>"),
    adds("raw href in code", "links", "lanterns/views.py", "LINK = '<a href=\"/almanac/\">→</a>'"),
    adds("redirect upward by name", "links", "lanterns/views.py", "from django.shortcuts import redirect\ndef f():\n    return redirect('almanac:entries')"),
    adds("redirect by hand", "links", "lanterns/views.py", "from django.shortcuts import redirect\ndef f():\n    return redirect('/almanac/')"),
    adds("menu item of a higher module", "links", "lanterns/module.py", 'ITEM = MenuItem("x", "almanac:entries", "lanterns.view_entry")'),
    adds("script that knows an address", "links", "lanterns/static/lanterns/x.js", 'fetch("/almanac/part")'),
    adds("the platform's page links to a module", "links", "/src/bulou/platform/pages/templates/pages/base.html", '{% url "registry:home" %}'),
)  # fmt: skip

MARKUP = (
    adds("style in a page", "markup", "lanterns/templates/lanterns/entries.html", '<p class="a" style="color:red"></p>'),
    adds("onclick in a page", "markup", "lanterns/templates/lanterns/entries.html", '<button onclick="go()"></button>'),
    adds("script in a page", "markup", "lanterns/templates/lanterns/entries.html", "<script>go()</script>"),
    adds("script from outside", "markup", "lanterns/templates/lanterns/entries.html", '<script src="https://cdn.example.org/x.js"></script>'),
    adds("picture from outside in a style sheet", "markup", "lanterns/static/lanterns/x.css", ".a { background: url(//cdn.example.org/x.png) }"),
    adds("style made in code", "markup", "lanterns/views.py", "BAR = '<i class=\"b\" style=\"width:{}%\"></i>'"),
)  # fmt: skip

_SLASH = "/"
RECORDS = (
    tracks(
        "an address in a lock",
        "locks/run.lock",
        f"--index-url https:{_SLASH}/mirror.example.org/simple\ndjango==5.2.8\n",
    ),
    tracks('"resolved" in a package lock', "package-lock.json", '{\n  "a": {\n    "resolved": "x.tgz"\n  }\n}\n'),
    tracks("a registry named in a document", "docs/install.md", "Fetch it from pypi" + ".org.\n"),
    tracks("a path of somebody's machine", "docs/install.md", f"Look into {_SLASH}home/somebody/bulou.\n"),
    tracks("a compiled catalogue", "src/bulou/modules/lanterns/locale/en/LC_MESSAGES/django.mo", "x"),
    tracks("a file left over", "src/bulou/modules/lanterns/models.py.orig", "x"),
)

VIOLATIONS: tuple[Violation, ...] = (
    *DIRECTION, *PURITY, *SHAPE, *CLOCK, *WRITES, *TABLES, *BACK_DOORS, *KEYS, *ADDRESSES, *LINKS, *MARKUP, *RECORDS,
)  # fmt: skip


def notice(bed: Bed, before: set[Finding], violation: Violation) -> list[Finding]:
    """Plant one violation, and take it out again; gives what is found that was not found before."""
    try:
        violation.plant(bed)
        return sorted(set(check(bed.root)) - before)
    finally:
        bed.restore()


def table(folder: Path) -> Iterator[tuple[Violation, list[Finding]]]:
    """Every violation with what noticed it."""
    bed = lay(folder)
    before = set(check(bed.root))
    for violation in VIOLATIONS:
        yield violation, notice(bed, before, violation)
    assert set(check(bed.root)) == before, "something planted was not taken out again"


def main() -> int:
    """Print the table; 1 if a violation was noticed by no rule, or by another than its own."""
    missed, start = 0, time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for violation, found in table(Path(folder)):
            own = [finding for finding in found if finding.rule == violation.rule]
            missed += not own
            seen = f"{own[0].rule:12} {own[0].path}:{own[0].line}" if own else f"MISSED ({violation.rule}) {found}"
            print(f"{violation.name:48} {seen}")
    print(f"{len(VIOLATIONS)} planted, {missed} missed, {time.perf_counter() - start:.1f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
