"""GeoJSON: one feature for each place that was answered, with the plain answers beside it."""

from __future__ import annotations

import json
from typing import BinaryIO

from bulou.modules.collection.exports import copying, rows
from bulou.modules.collection.exports.asked import Asked
from bulou.modules.collection.rules.columns import geometry


def write(asked: Asked, out: BinaryIO) -> int:
    """A feature collection (RFC 7946, longitude first); gives how many features. Submissions without a place are left out."""
    questions = copying.shown(asked, asked.of.shape.questions)
    places = [one for one in questions if one.kind in ("geopoint", "geotrace", "geoshape")]
    others = [one for one in questions if one not in places]
    notes = json.dumps(dict(asked.notes(asked.rows.count())), ensure_ascii=False)
    out.write(f'{{"type":"FeatureCollection","bulou":{notes},"features":['.encode())
    count = 0
    for row in rows.submissions(asked):
        told = dict(zip(copying.META, map(rows.text_of, rows.meta_of(asked, row)), strict=True))
        told |= dict(zip(rows.heads_of(asked, others), rows.cells_of(asked, row.said, others), strict=True))  # type: ignore[attr-defined]
        for place in places:
            found = geometry(place.kind, str(row.said.get(place.path, "")))  # type: ignore[attr-defined]
            if found is None:
                continue
            feature = {
                "type": "Feature",
                "id": f"{row.instance_id}#{place.path}",
                "geometry": found,
                "properties": told | {"place": place.path},
            }
            out.write((",\n" if count else "\n").encode() + json.dumps(feature, ensure_ascii=False).encode())
            count += 1
    out.write(b"\n]}\n")
    return count
