"""Takes pictures of pages, as a desk and a phone see them, for the eyes of whoever built them. Needs the development packages.

    python tools/look.py --as chief /registry/ /registry/people          starts a server over BULOU_DSN, logs in as that user
    python tools/look.py --base http://127.0.0.1:8000 --cookie sessionid=… /registry/
    python tools/look.py --as chief --do 'fill #id_name=refuse' --do 'click .form .button-main' --do 'wait .errors' /registry/add

Pictures go to build/shots. It also says what eyes miss: console errors, refused content (CSP), pages wider than the screen.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler

ROOT = Path(__file__).resolve().parents[1]
SIZES = {"desk": (1440, 900, 1), "phone": (390, 844, 2), "wall": (1920, 1080, 1), "tablet": (820, 1180, 1)}
CHROMIUM = ["--no-sandbox", "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]  # fmt: skip


def main() -> int:
    """Take the pictures; the number of pages something was wrong with is the exit code."""
    asked = _arguments()
    with _base(asked) as (base, cookies):
        wrong = _take(asked, base, cookies)
    return min(wrong, 99)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="+", help="addresses without the host")
    parser.add_argument("--as", dest="user", help="log-in name of a user in the database (none = nobody is signed in)")
    parser.add_argument("--base", help="a server that runs already")
    parser.add_argument("--cookie", action="append", default=[], help="name=value, for --base")
    parser.add_argument("--lang", action="append", help="zh-hans, zh-hant, en (again for more; default zh-hans)")
    parser.add_argument("--size", action="append", choices=SIZES, help="default desk and phone")
    parser.add_argument(
        "--do", action="append", default=[], help="'click CSS', 'fill CSS=text', 'press Key', 'hover CSS', 'wait CSS'"
    )
    parser.add_argument("--name", help="name of the pictures instead of the address")
    parser.add_argument("--part", help="only the first element this CSS selector finds")
    parser.add_argument("--fold", action="store_true", help="only what fits the screen, not the whole page")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--print", dest="paper", action="store_true", help="as on paper, and a PDF as well")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "shots")
    return parser.parse_args()


@contextmanager
def _base(asked: argparse.Namespace) -> Iterator[tuple[str, dict[str, str]]]:
    """The address to look at and the cookies to bring: of a running server, or of one started here."""
    if asked.base:
        yield asked.base.rstrip("/"), dict(pair.split("=", 1) for pair in asked.cookie)
        return
    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bulou.site.settings")
    os.environ.setdefault("BULOU_SECRET_KEY", "only for looking")
    import django
    from django.core.servers.basehttp import ThreadedWSGIServer

    django.setup()
    from bulou.site.wsgi import application

    cookies = {"sessionid": _session(asked.user)} if asked.user else {}
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(application)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", cookies
    finally:
        server.shutdown()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_words: Any) -> None:
        """The pictures are the log."""


def _session(username: str) -> str:
    """A session of that user, as after log-in."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(
        get_user_model().objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client.cookies["sessionid"].value


def _take(asked: argparse.Namespace, base: str, cookies: dict[str, str]) -> int:
    from playwright.sync_api import sync_playwright

    asked.out.mkdir(parents=True, exist_ok=True)
    wrong = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        for language in asked.lang or ["zh-hans"]:
            for size in asked.size or ["desk", "phone"]:
                context = _context(browser, asked, size, base, cookies | {"language": language})
                for page in asked.pages:
                    wrong += _shoot(context, asked, base + page, f"{asked.name or _slug(page)}-{language}-{size}")
                context.close()
        browser.close()
    return wrong


def _context(browser: Any, asked: argparse.Namespace, size: str, base: str, cookies: dict[str, str]) -> Any:
    width, height, scale = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        locale={"zh-hans": "zh-CN", "zh-hant": "zh-TW"}.get(cookies["language"], "en-GB"),
        has_touch=size == "phone",
        is_mobile=size == "phone",
        color_scheme="dark" if asked.dark else "light",
    )
    context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
    return context


def _shoot(context: Any, asked: argparse.Namespace, address: str, name: str) -> int:
    page, words = context.new_page(), []
    page.on("console", lambda message: words.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda problem: words.append(str(problem)))
    answer = page.goto(address)
    for step in asked.do:
        _do(page, step)
    page.wait_for_timeout(150)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        words.append(f"{wide} px wider than the screen: " + page.evaluate(_WIDEST))
    file = asked.out / f"{name}.png"
    if asked.paper:
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 688, "height": 980})  # an A4 page within its margins
    if asked.part:
        page.locator(asked.part).first.screenshot(path=file)
    else:
        page.screenshot(path=file, full_page=not asked.fold)
    if asked.paper:
        page.pdf(path=file.with_suffix(".pdf"), prefer_css_page_size=True)
    print(
        answer.status,
        file.relative_to(ROOT) if file.is_relative_to(ROOT) else file,
        *words,
        sep="\n      " if words else "  ",
    )
    page.close()
    return int(bool(words) or answer.status >= 500)


_WIDEST = """[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .slice(0, 4).map(e => e.tagName.toLowerCase() + '.' + e.className).join(', ')"""


def _do(page: Any, step: str) -> None:
    verb, _, rest = step.partition(" ")
    if verb == "fill":
        selector, _, text = rest.rpartition("=")
        page.fill(selector, text)
    elif verb == "press":
        page.keyboard.press(rest)
    elif verb == "wait":
        page.wait_for_selector(rest)
    else:
        getattr(page, verb)(rest)


def _slug(page: str) -> str:
    return re.sub(r"[^0-9A-Za-z]+", "-", page).strip("-") or "home"


if __name__ == "__main__":
    sys.exit(main())
