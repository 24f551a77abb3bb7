"""Sealing, unsealing, finding, and what happens with the wrong key, record or byte."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from bulou.platform import vault
from bulou.platform.refusals import Refusal
from bulou.platform.vault import ring, sealing

ABOUT = UUID("6f1c0a52-3e0a-4f7e-9d5f-0a3b6f1c2d3e")
NUMBER = "370921199001011234"


@pytest.fixture
def home(tmp_path: Path, settings) -> Iterator[Path]:
    """A home with a fresh ring, used by this process while the test runs."""
    held = ring._in_use
    settings.HOME = tmp_path
    vault.use(None)
    vault.create(tmp_path)
    yield tmp_path
    vault.use(held)


def refusal(call) -> str:
    with pytest.raises(Refusal) as caught:
        call()
    assert caught.value.sentence
    assert "%(" not in caught.value.sentence
    return caught.value.code


def test_a_sealed_value_opens_for_its_own_record_and_purpose_only(home):
    blob = vault.seal(NUMBER, purpose="registry.document", about=ABOUT)
    assert vault.unseal(blob, purpose="registry.document", about=ABOUT) == NUMBER
    assert NUMBER.encode() not in blob
    assert refusal(lambda: vault.unseal(blob, purpose="registry.document", about=uuid4())) == "vault.not_readable"
    assert refusal(lambda: vault.unseal(blob, purpose="welfare.note", about=ABOUT)) == "vault.not_readable"


def test_every_altered_byte_is_noticed(home):
    blob = vault.seal(NUMBER, purpose="p", about=ABOUT)
    for place in range(len(blob)):
        altered = bytearray(blob)
        altered[place] ^= 1
        code = refusal(lambda altered=altered: vault.unseal(bytes(altered), purpose="p", about=ABOUT))
        assert code == ("vault.key_missing" if 1 <= place < 5 else "vault.not_readable")
    for cut in (0, 1, 10, len(blob) - 1):
        assert refusal(lambda cut=cut: vault.unseal(blob[:cut], purpose="p", about=ABOUT)) == "vault.not_readable"


def test_the_same_text_never_seals_to_the_same_bytes(home):
    assert len({vault.seal("", purpose="p", about=ABOUT) for _ in range(100)}) == 100
    assert vault.unseal(vault.seal("", purpose="p", about=ABOUT), purpose="p", about=ABOUT) == ""


def test_after_a_new_key_old_values_open_and_new_ones_use_it(home):
    old = vault.seal("前", purpose="p", about=ABOUT)
    vault.add_data_key(home)
    new = vault.seal("后", purpose="p", about=ABOUT)
    assert vault.key_id_of(old) != vault.key_id_of(new)
    assert [vault.unseal(blob, purpose="p", about=ABOUT) for blob in (old, new)] == ["前", "后"]


def test_a_key_that_is_not_here_is_named(home, tmp_path):
    blob = vault.seal("x", purpose="p", about=ABOUT)
    vault.use(vault.Ring.fresh())
    with pytest.raises(Refusal) as caught:
        vault.unseal(blob, purpose="p", about=ABOUT)
    assert caught.value.code == "vault.key_missing"
    assert sealing.key_id_of(blob).hex() in caught.value.sentence


def test_the_blind_index_depends_on_text_purpose_and_ring(home):
    digest = vault.blind(NUMBER, purpose="registry.document")
    assert len(digest) == 32
    assert digest == vault.blind(NUMBER, purpose="registry.document")
    assert digest != vault.blind(NUMBER, purpose="other")
    vault.use(vault.Ring.fresh())
    assert digest != vault.blind(NUMBER, purpose="registry.document")


def test_keys_lie_in_a_file_only_their_owner_reads_and_are_never_replaced(home):
    file = ring.file_of(home)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    held = vault.load(home)
    assert vault.create(home) == held


def test_missing_and_damaged_keys_are_refused_with_a_sentence(home):
    ring.file_of(home).write_text('{"format": 1, "data": ["AAAA"], "index": [], "backup": []}')
    assert refusal(lambda: vault.seal("x", purpose="p", about=ABOUT)) == "vault.keys_damaged"
    ring.file_of(home).unlink()
    assert refusal(lambda: vault.seal("x", purpose="p", about=ABOUT)) == "vault.no_keys"


def test_the_ring_is_not_shown_by_accident(home):
    assert vault.load(home).data[0].secret.hex() not in repr(vault.load(home))


def test_a_key_sets_its_cipher_up_once(home):
    """Setting it up per value makes sealing a county ten times slower."""
    key = vault.load(home).data[0]
    assert key.cipher is vault.load(home).data[0].cipher
