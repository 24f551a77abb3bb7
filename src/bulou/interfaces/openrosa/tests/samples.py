"""Samples of the protocol's addresses. They know no roles: by themselves they ask for a password, below a token that is none they say 403."""

from __future__ import annotations

from tests.kit.samples import Sample, World

ARGUMENTS = {
    "manifest": {"key": "daily"}, "form": {"key": "daily"}, "media": {"media_id": 1, "name": "a.csv"}, "integrity": {"kind": "people"},
    "file": {"attachment_id": 1, "name": "a.jpg"},
}  # fmt: skip
NAMES = ("submission", "form_list", "manifest", "form", "media", "integrity", "submission_list", "download", "file")


def samples(world: World) -> dict[str, Sample]:
    """By name of the address."""
    bare = {name: Sample(ARGUMENTS.get(name, {}), status=401) for name in NAMES}
    token = {"token": "a" * 26}
    return bare | {f"key_{name}": Sample(token | ARGUMENTS.get(name, {}), status=403) for name in NAMES}
