"""Samples of the imports' addresses: a file belongs to whoever sent it, and to nobody else."""

from __future__ import annotations

from uuid import UUID

from bulou.platform.cast import CAST
from bulou.platform.sheets import services
from bulou.platform.sheets.spec import specs_for
from tests.kit.samples import Sample, World

SENDER = "township_lead"
OTHERS = frozenset(one.key for one in CAST) - {SENDER}


def samples(world: World) -> dict[str, Sample]:
    """The import of the lowest floor, and a file the township lead sent for it."""
    sender = world.cast.township_lead.viewer
    spec = specs_for(sender)[0]
    heads = ",".join(str(field.label) for field in spec.fields)
    row = ",".join("1" for _field in spec.fields)
    content = f"{heads}\n{row}\n".encode()
    upload = services.receive_upload(
        by=sender, spec=spec, name="rows.csv", content=content, once=UUID(int=7), now=world.now
    )
    of_spec = Sample({"spec": spec.key}, answers=_without(spec.permission, world))
    of_file = {"key": upload.pk}
    return {
        "start": of_spec,
        "template": of_spec,
        "upload": Sample(of_file, blind=OTHERS),
        "bad_rows": Sample(of_file, blind=OTHERS),
        **{name: Sample(of_file, blind=OTHERS, status=405) for name in ("remap", "load", "drop")},
    }


def _without(permission: str, world: World) -> dict[str, int]:
    """Those who may import something, but not this: refused like anybody without the permission."""
    return {one.key: 403 for one in world.cast.with_account() if not one.viewer.may(permission)}
