"""The files themselves: written whole into a temporary file in one transaction, then streamed, so that a slow reader holds no connection."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from typing import IO, Any, BinaryIO, cast

from django.db import connection, transaction
from django.http import FileResponse

from bulou.modules.collection.exports import copying, geo, rows, sheets
from bulou.modules.collection.exports.asked import Asked

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
    "geojson": "application/geo+json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def file_response(asked: Asked) -> FileResponse:
    """The file that was asked for, ready to stream. Looks and the line of the export are in the journal before."""
    file: Any = tempfile.TemporaryFile(suffix=f".{asked.kind}")  # noqa: SIM115 (FileResponse closes it)
    with transaction.atomic():
        _one_snapshot()
        asked.log()
        _WRITERS[asked.kind](asked, file)
    file.seek(0)
    response = FileResponse(
        file, as_attachment=True, filename=asked.file_name(asked.kind), content_type=TYPES[asked.kind]
    )
    response.headers["Cache-Control"] = "no-store"
    response.block_size = 1 << 16
    return response


def write_csv(asked: Asked, out: BinaryIO) -> int | None:
    """The submissions as CSV; gives how many where they were counted on the way."""
    if asked.is_labelled or asked.is_opened:
        return rows.write_main(asked, out)
    copying.write_main(asked, out)
    return None


def write_zip(asked: Asked, out: BinaryIO) -> None:
    """The submissions, each repeat as a further file, and notes."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("submissions.csv", "w", force_zip64=True) as part:
            write_csv(asked, cast(BinaryIO, part))
        for rounds in asked.of.shape.repeats:
            with archive.open(f"{rounds.path.replace('/', '-')}.csv", "w", force_zip64=True) as part:
                if asked.is_labelled or asked.is_opened:
                    rows.write_rounds(asked, rounds, cast(BinaryIO, part))
                else:
                    copying.write_rounds(asked, rounds, cast(BinaryIO, part))
        archive.writestr("notes.csv", _notes(asked))


def _notes(asked: Asked) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(asked.notes(asked.rows.count()))
    return copying.MARK + text.getvalue().encode()


def _one_snapshot() -> None:
    """Rows, looks and files of one moment. Inside a test's transaction the level stands already."""
    if len(connection.savepoint_ids) == 0:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _xlsx(asked: Asked, out: IO[bytes]) -> None:
    sheets.write(asked, out)


_WRITERS: dict[str, Any] = {"csv": write_csv, "zip": write_zip, "geojson": geo.write, "xlsx": _xlsx}
