"""The files of a form's submissions as one zip, streamed as it is made: a file at a time is opened, and no connection waits for a slow reader."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime

from django.http import StreamingHttpResponse

from bulou.modules.collection.exports.asked import Asked
from bulou.modules.collection.models import Attachment
from bulou.modules.collection.queries import sealed

PAGE = 200
_SIGNS = re.compile(r"[^\w.\-]+|\.{2,}")


class Pipe(io.RawIOBase):
    """What was written since it was last asked."""

    def __init__(self) -> None:
        self.held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, block: object) -> int:
        self.held.append(bytes(block))  # type: ignore[call-overload]
        return len(self.held[-1])

    def taken(self) -> bytes:
        """Everything held, which is then gone."""
        blocks, self.held = self.held, []
        return b"".join(blocks)


def zip_response(asked: Asked) -> StreamingHttpResponse:
    """The zip. Looks and the line of the export are in the journal before its first byte goes."""
    asked.log()
    response = StreamingHttpResponse(_parts(asked), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="files-{asked.of.form.pk}.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _parts(asked: Asked) -> Iterator[bytes]:
    pipe, after, count = Pipe(), 0, 0
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        ids = asked.rows.order_by().values("pk")
        while page := list(_page(ids, after)):
            after = page[-1][0]
            for pk, instance_id, name, received_at in page:
                content = _content(pk, instance_id, name)
                if content is None:
                    continue
                path = _path(pk, instance_id, name)
                archive.writestr(zipfile.ZipInfo(path, received_at.timetuple()[:6]), content)
                count += 1
                yield pipe.taken()
        notes = "\n".join(f"{title}: {text}" for title, text in asked.notes(count))
        archive.writestr("notes.txt", notes)
    yield pipe.taken()


def _page(ids: object, after: int) -> Iterator[tuple[int, str, str, datetime]]:
    rows = Attachment.objects.filter(submission__in=ids, pk__gt=after).order_by("pk")  # type: ignore[misc]
    yield from rows.values_list("pk", "submission__instance_id", "name", "received_at")[:PAGE]


def _content(pk: int, instance_id: str, name: str) -> bytes | None:
    blob = Attachment.objects.filter(pk=pk).values_list("sealed", flat=True).first()
    return sealed.open_file(blob, instance_id, name) if blob else None


def _path(pk: int, instance_id: str, name: str) -> str:
    """A folder for each submission; what a phone called its file names nothing outside it, and no two are one."""
    bare = instance_id.removeprefix("uuid:")
    folder, own = _SIGNS.sub("_", bare)[:80].strip("."), _SIGNS.sub("_", name)[-100:].lstrip(".")
    if (folder, own) == (bare, name):
        return f"{folder}/{own}"
    return f"{folder or '_'}/{pk}-{own}"
