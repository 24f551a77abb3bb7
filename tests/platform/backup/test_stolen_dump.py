"""A stolen dump, without the keys: every row in plain text, and no identity number in it."""

from __future__ import annotations

import re
from base64 import b64encode

from bulou.platform import vault
from bulou.platform.backup.programs import Program
from bulou.platform.postgres.doors import dsn_as
from tests.platform.backup.conftest import NUMBERS


def dump() -> str:
    """The whole database as a thief would have it."""
    program = Program("pg_dump", "--format=plain", dsn=dsn_as("bulou_owner"), writes=True)
    text = program.process.stdout.read().decode()
    assert program.finish() == 0, program.complaint()
    return text


def test_no_identity_number_appears_in_any_form(county):
    text = dump()
    assert "张三甲" in text, "the dump is of the right database"
    for number in NUMBERS:
        birth = number[6:14]
        for form in (
            number,
            number[:17],
            number[6:],
            number[:14],
            birth,
            number.encode().hex(),
            b64encode(number.encode()).decode(),
        ):
            assert form not in text


def test_no_run_of_digits_in_it_completes_a_masked_number(county):
    """What a list may show (the mask) is all there is: beginning, stars, last four."""
    text = dump()
    for number in NUMBERS:
        for found in re.findall(r"\d{5,}", text):
            assert not (len(found) < 18 and number.endswith(found) and len(found) > 4)


def test_no_key_lies_in_the_database(county):
    text = dump()
    ring = vault.load()
    for key in (*ring.data, *ring.index, *ring.backup):
        for form in (key.secret.hex(), b64encode(key.secret).decode()):
            assert form not in text


def test_the_same_number_of_two_people_is_not_told_by_its_sealed_value(county):
    from uuid import uuid4

    blobs = {vault.seal(NUMBERS[0], purpose="registry.document", about=uuid4()) for _ in range(10)}
    assert len({blob[5:] for blob in blobs}) == 10
