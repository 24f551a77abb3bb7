"""What only the running house can show: keys as Django resolved them, every view's guard, menus that lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.urls import URLPattern, get_resolver, reverse

from bulou.floors import MODULES, floor_of
from bulou.platform.access import permissions
from bulou.platform.access.permissions import PUBLIC, SIGNED_IN
from bulou.platform.access.roles import ROLES
from bulou.platform.manifest import manifests
from tests.architecture.house.keys import RELATIONS


def views() -> Iterator[tuple[str, Any]]:
    """Every address of the house with its view."""

    def walk(patterns: Any, before: str) -> Iterator[tuple[str, Any]]:
        for pattern in patterns:
            here = before + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield here, pattern.callback
            else:
                yield from walk(pattern.url_patterns, here)

    yield from walk(get_resolver().url_patterns, "/")


def test_every_view_says_who_may_open_it_and_the_permission_is_declared() -> None:
    declared = {one.key for one in permissions.table()} | {PUBLIC, SIGNED_IN}
    said = {address: getattr(view, "permission", None) for address, view in views()}
    assert len(said) > 10
    assert not {address: said[address] for address in said if said[address] not in declared}


def test_every_permission_names_roles_of_the_house_and_its_module() -> None:
    for permission in permissions.table():
        assert permission.roles <= ROLES.keys(), permission.key
        assert permission.roles, f"nobody holds {permission.key}"
        assert permission.key.partition(".")[0] in {manifest.name for manifest in manifests()}, permission.key


def test_every_module_on_the_plan_is_installed_and_hangs_its_manifest_in_floor_order() -> None:
    hung = [manifest.name for manifest in manifests() if manifest.name in MODULES]
    assert hung == list(MODULES)
    assert [floor_of(name) for name in hung] == sorted(floor_of(name) for name in hung)


def test_every_menu_item_leads_to_a_page_its_permission_opens() -> None:
    guards = {view: getattr(view, "permission", None) for _address, view in views()}
    for manifest in manifests():
        for item in manifest.menu:
            match = get_resolver().resolve(reverse(item.url))
            assert guards[match.func] in (item.permission, PUBLIC), (
                f"{item.url}: the menu and the page ask for different permissions"
            )


def test_foreign_keys_point_down_as_django_resolved_them() -> None:
    wrong, seen = [], 0
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if field.get_internal_type() in RELATIONS if hasattr(field, "get_internal_type") else False:
                here, there = model._meta.app_label, field.related_model._meta.app_label
                seen += there in MODULES
                if there in MODULES and here != there and (here not in MODULES or floor_of(there) >= floor_of(here)):
                    wrong.append(f"{model.__name__}.{field.name} of {here} points at {there}")
    assert seen > 10
    assert not wrong
