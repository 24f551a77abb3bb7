"""Every address of the house. A module's addresses come from its urls.py under its own name."""

from django.urls import URLPattern, URLResolver, include, path

from bulou.floors import MODULES
from bulou.site import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("account/", include("bulou.platform.accounts.urls", namespace="accounts")),
    path("exercise/", include("bulou.platform.house.urls", namespace="house")),
    path("jobs/", include("bulou.platform.jobs.urls", namespace="jobs")),
    path("journal/", include("bulou.platform.journal.urls", namespace="journal")),
    path("house/", include("bulou.platform.pages.urls", namespace="pages")),
    path("tables/", include("bulou.platform.tables.urls", namespace="tables")),
    path("sheets/", include("bulou.platform.sheets.urls", namespace="sheets")),
    path("mine/", include("bulou.interfaces.mine.urls", namespace="mine")),
    *[path(f"{name}/", include(f"bulou.modules.{name}.urls", namespace=name)) for name in MODULES],
    path("situation/", include("bulou.interfaces.situation.urls", namespace="situation")),
    path("", include("bulou.interfaces.field.urls", namespace="field")),
    path("", include("bulou.interfaces.openrosa.urls", namespace="openrosa")),
]

handler400 = "bulou.platform.pages.errors.bad_request"
handler403 = "bulou.platform.pages.errors.forbidden"
handler404 = "bulou.platform.pages.errors.not_found"
handler500 = "bulou.platform.pages.errors.our_mistake"
