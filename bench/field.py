"""The first visit to a resident's personal link with its form, through Chromium: bytes over the line, and when it can be used on a line of 2G.

The form is case A's daily report of relatives, in Chinese, English and Tibetan, as the playbook ships it; the house is served as `bulou up` does it.
Bytes are those of whole answers, heads included, as the browser counts them. The slow line is the browser's own: 50 kbit/s, half a second's round trip.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from hashlib import md5
from typing import Any
from uuid import uuid4

from bench.database import house
from bench.figure import Figure
from bench.serving import served

FORM = "relatives-daily"
MOST_KB, KBITS, ROUND_TRIP_MS = 150.0, 50, 500
ARGUMENTS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
)


def measure() -> Iterator[Figure]:
    """first_visit_light_kb, second_visit_light_kb, first_visit_2g_s."""
    with house("632726") as home:
        text, size = _linked()
        with served(home) as port, _browser() as browser:
            address = f"http://localhost:{port}/f/{text}/"
            context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
            first, asked, _seconds = _visit(context, address)
            second, _asked, _seconds = _visit(context, address)
            note = f"target; {asked} requests; {FORM}, zh+en+bo, {size} bytes as an XForm; aim 60"
            yield Figure("first_visit_light_kb", round(first / 1000, 1), "kB", MOST_KB, note)
            yield Figure(
                "second_visit_light_kb", round(second / 1000, 1), "kB", None, "the runner is kept by the browser"
            )
            slow = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
            _bytes, _asked, seconds = _visit(slow, address, is_slow=True)
            note = f"until the first question stands there, at {KBITS} kbit/s and {ROUND_TRIP_MS} ms"
            yield Figure("first_visit_2g_s", round(seconds, 1), "s", None, note)


def _linked() -> tuple[str, int]:
    """The text of a link to the form for somebody of a village, and the size of the form."""
    from bulou.modules.collection.models import Form, FormVersion
    from bulou.modules.collection.rules import light, xform
    from bulou.modules.collection.rules.mapping import mapping_of
    from bulou.modules.collection.services import shipping
    from bulou.modules.collection.services.links import issue_links
    from bulou.modules.operations.models import Operation
    from bulou.modules.registry.models import Place
    from bulou.modules.registry.services.people_bulk import NewPerson, load_people
    from bulou.modules.registry.services.people_checks import Facts
    from bulou.platform import clock
    from bulou.platform.access.viewer import system

    now, by = clock.now(), system("bench")
    content = shipping.xform(FORM, FORM)
    read = xform.read(content)
    if read.faults or light.why_not(read.tree):
        raise RuntimeError(f"{FORM} is no light form: {read.faults} {light.why_not(read.tree)}")
    village = Place.objects.filter(level="village").order_by("pk")[0]
    person = load_people([NewPerson(Facts("卓玛"), village.pk)], by=by, now=now, is_synthetic=True)[0]
    operation = Operation.objects.create(
        key="bench", titles={"zh-Hans": "演练"}, playbook="x", root_id=village.lineage[0], level="x", started_at=now
    )
    form = Form.objects.create(operation=operation, key=read.key, title=read.title, state=Form.State.OPEN, made_at=now)
    FormVersion.objects.create(
        form=form, version=read.version, number=1, title=read.title, xform=content, digest=md5(content).hexdigest(), tree=read.tree,
        mapping=mapping_of(read.tree)[0], languages=list(read.languages),
        runner="light", made_at=now, published_at=now - timedelta(seconds=1), actor_name="bench",
    )  # fmt: skip
    issued = issue_links(by=by, form_id=form.pk, people=[person], days=7, language="bo", once=uuid4(), now=now)
    return issued[0].text, len(content)


class _browser:
    """Chromium, gone afterwards."""

    def __enter__(self) -> Any:
        from playwright.sync_api import sync_playwright

        there = next(
            (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
        )
        if there is None:
            raise RuntimeError("no Chromium on this machine")
        self._playwright = sync_playwright().start()
        self._chromium = self._playwright.chromium.launch(executable_path=there, args=list(ARGUMENTS))
        return self._chromium

    def __exit__(self, *_problem: object) -> None:
        self._chromium.close()
        self._playwright.stop()


def _visit(context: Any, address: str, *, is_slow: bool = False) -> tuple[int, int, float]:
    """Bytes over the line, requests, and seconds until the first question can be answered."""
    page = context.new_page()
    network, sizes = context.new_cdp_session(page), []
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    if is_slow:
        rate = KBITS * 1000 / 8
        network.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": ROUND_TRIP_MS, "downloadThroughput": rate, "uploadThroughput": rate},
        )
    began = time.perf_counter()
    page.goto(address, wait_until="commit", timeout=120_000)
    page.wait_for_selector(".br-question", timeout=120_000)
    took = time.perf_counter() - began
    page.wait_for_load_state("load")
    page.wait_for_timeout(500)
    page.close()
    return int(sum(sizes)), sum(size > 0 for size in sizes), took
