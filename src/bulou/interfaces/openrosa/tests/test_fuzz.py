"""The submission door against nonsense: never a 5xx, never a hang, never half a submission. A minute in CI; `make soak` goes on (SOAK_MINUTES)."""

from __future__ import annotations

import os
import random
import resource
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bulou.interfaces.openrosa import rates
from bulou.interfaces.openrosa.door import Asked, submitted
from bulou.modules.collection.models import Attachment, Held, Submission
from bulou.modules.ledger.models import Record
from tests.kit.cast import NOW, Cast, County
from tests.kit.doors import Doors, doors, new_id, xml

pytestmark = pytest.mark.django_db
KIND = "multipart/form-data; boundary=b"
TAKEN = {201, 202, 400, 404, 409, 413}
LONGEST, LARGEST = 5.0, 500_000_000
PIECES = [
    b"<", b">", b"</data>", b"&", b"&amp;", b"&#0;", b"&#xD800;", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?x?>", b"<!DOCTYPE a>", b"\x00", b"\xff",
    b"\xed\xa0\x80", b"--b\r\n", b"--b--", b"\r\n\r\n", b'"', b"'", b"xmlns:a=''", b"<a>" * 200, b"</a>" * 200, b"9" * 400, b"NaN", b"-1e999",
    b"2020-13-45", b"0001-01-01", b"9999-12-31T23:59:59.999+14:00", "ༀ龘".encode(), b"uuid:", b"../", b"P000002", b"\xe2\x80\xae", b"{", b"\\", b"%s",
]  # fmt: skip


@pytest.fixture
def door(county: County, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Doors:
    monkeypatch.setattr("bulou.platform.clock.now", lambda: NOW)
    monkeypatch.setattr(rates, "DEVICE", rates.Rate(10**9, 1.0))
    return doors(county, cast)


def good(chance: random.Random) -> bytes:
    """A body as a phone sends it, with what differs from one to the next."""
    parts = [
        (
            "xml_submission_file",
            "s.xml",
            xml(new_id(), person=f"P00000{chance.randrange(9)}", deprecates=new_id() if chance.random() < 0.1 else ""),
        )
    ]
    parts += [(f"{n}.jpg", f"{n}.jpg", b"\xff\xd8" * chance.randrange(1, 50)) for n in range(chance.randrange(3))]
    said = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: text/xml\r\n\r\n'.encode() + held + b"\r\n"
        for name, file, held in parts
    ]  # fmt: skip
    return b"".join(said) + b"--b--\r\n"


def spoilt(chance: random.Random) -> bytes:
    """A good body with a few places cut out, doubled, swapped or overwritten."""
    body = bytearray(good(chance))
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at = chance.randrange(len(body) + 1)
        end = min(len(body), at + chance.choice((0, 1, 5, 40, 400)))
        match chance.randrange(4):
            case 0:
                del body[at:end]
            case 1:
                body[at:at] = chance.choice(PIECES)
            case 2:
                body[at:at] = body[at:end]
            case 3:
                body[at:end] = bytes(chance.randrange(256) for _ in range(end - at))
    return bytes(body)


def holds(door: Doors, body: bytes, kind: str = KIND) -> int:
    """Send it: what is answered, in time, and that nothing is there by halves."""
    began = time.monotonic()
    before = Submission.objects.count()
    answer = submitted(Asked(kind, body, "1.0", "fuzz"), door.sender("village_clerk"))
    assert answer.status in TAKEN, (answer.status, body)
    assert time.monotonic() - began < LONGEST
    new = Submission.objects.count() - before
    assert new == (1 if answer.status == 201 else new)
    assert new in ((0, 1) if answer.status in (201, 202) else (0,)), (answer.status, new)
    return answer.status


def whole() -> None:
    """Every record has its submission, every submission its record or its reason; files belong to somebody."""
    filed = set(Submission.objects.exclude(record_id=None).values_list("record_id", flat=True))
    assert filed == set(Record.objects.values_list("pk", flat=True))
    held = set(Held.objects.exclude(submission=None).values_list("submission_id", flat=True))
    loose = Submission.objects.filter(record_id=None).values_list("pk", flat=True)
    assert set(loose) <= held
    assert not Attachment.objects.filter(submission=None).exists()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 < LARGEST * 2  # this process holds the tests too


def go_on(minutes: float, send: Callable[[random.Random], int]) -> dict[int, int]:
    chance, seen = random.Random(20200126), dict[int, int]()
    until = time.monotonic() + minutes * 60
    while time.monotonic() < until:
        status = send(chance)
        seen[status] = seen.get(status, 0) + 1
    return seen


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], phases=(Phase.explicit, Phase.generate)
)  # fmt: skip
@given(
    st.binary(max_size=2000),
    st.sampled_from(
        [
            KIND,
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "text/xml",
            "",
            "multipart/form-data; boundary=\x00",
        ]
    ),
)
def test_bytes_of_any_kind_are_refused(door: Doors, body: bytes, kind: str) -> None:
    assert holds(door, body, kind) == 400


def test_spoilt_forms_are_taken_whole_or_not_at_all(door: Doors) -> None:
    chance = random.Random(7)
    for _ in range(400):
        holds(door, spoilt(chance))
    whole()


@pytest.mark.soak
def test_spoilt_forms_for_many_minutes(door: Doors) -> None:
    seen = go_on(float(os.environ.get("SOAK_MINUTES", "10")), lambda chance: holds(door, spoilt(chance)))
    print(seen)
    whole()
