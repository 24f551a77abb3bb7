"""Addresses of pages that other pages point to."""

from __future__ import annotations

from django.urls import reverse


def place_address(place_id: int | None) -> str:
    """The page of a place, or '' for none."""
    return reverse("registry:place", args=[place_id]) if place_id else ""


def unit_address(unit_id: int | None) -> str:
    """The page of a unit, or '' for none."""
    return reverse("registry:unit", args=[unit_id]) if unit_id else ""


def person_address(person_id: int) -> str:
    """The page of a person."""
    return reverse("registry:person", args=[person_id])


def household_address(household_id: int) -> str:
    """The page of a household."""
    return reverse("registry:household", args=[household_id])


def people_address(place_id: int) -> str:
    """The register of people, narrowed to a place and all below it."""
    return f"{reverse('registry:people')}?place={place_id}"


def households_address(place_id: int) -> str:
    """The register of households, narrowed to a place and all below it."""
    return f"{reverse('registry:households')}?place={place_id}"
