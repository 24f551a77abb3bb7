#!/usr/bin/env python3
"""Verify an exported journal of Bulou without Bulou: python3 verify_journal.py FILE [--head HEAD]

Needs Python 3.9 and nothing else. It shares no code with the program that wrote the file; docs/journal.md says in words what it
computes. Exit codes: 0 sound, 1 not sound, 2 the file cannot be used.
"""

import argparse
import base64
import gzip
import hashlib
import json
import sys
import uuid

FORMAT = "bulou journal 1"
SHOWN = 50


def main():
    """Read the arguments, verify, print what was found."""
    parser = argparse.ArgumentParser(description="Verify an exported journal of Bulou.")
    parser.add_argument("file", help="what `bulou journal export` wrote (.gz is read too)")
    parser.add_argument("--head", help="a head printed on paper, for example 12-ABCD-EFGH-IJKL-MNOP-QR")
    args = parser.parse_args()
    try:
        printed = read_head(args.head) if args.head else None
        found, said = verify(args.file, printed)
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        print(f"This file or head cannot be used: {error}", file=sys.stderr)
        return 2
    print(said)
    for line in found[:SHOWN]:
        print(line)
    if len(found) > SHOWN:
        print(f"… and {len(found) - SHOWN} more")
    print("NOT SOUND" if found else "SOUND")
    return 1 if found else 0


def verify(path, printed):
    """Everything that is not as it was sealed, as sentences; and one line on what was read. One block in memory at a time."""
    lines = read(path)
    top = next(lines)
    if top.get("format") != FORMAT:
        raise ValueError("it is not an exported journal")
    forgotten = forgotten_in(path)
    found, blocks, rows, gone, met = [], 0, 0, 0, False
    number, last = 0, hashlib.sha256(b"bulou journal\0" + uuid.UUID(top["chain"]).bytes).digest()
    met = printed == short(number, last)
    ends: dict = {}
    for block in lines:
        beginning = ends.get(block["table"], [-(2**63), -(2**63)])
        if (block["number"], block["previous"], block["since"]) != (number + 1, last.hex(), beginning):
            found.append(f"block {block['number']}: the chain is broken before it")
        number, last = block["number"], hash_of(block)
        if last.hex() != block["hash"]:
            found.append(f"block {number}: it was altered")
            last = bytes.fromhex(block["hash"])
        gone += check_rows(block, forgotten, found)
        ends[block["table"]] = block["through"]
        met = met or printed == short(number, last)
        blocks, rows = blocks + 1, rows + len(block["rows"])
    if top["head"] != short(number, last):
        found.append("the end of the file is missing: its last block is not the head it names")
    if printed and not met:
        found.append(f"the printed head {printed} is not in this chain: its end was removed, or it was made anew")
    return found, f"{blocks} blocks, {rows} rows, {gone} forgotten, head {short(number, last)}"


def check_rows(block, forgotten, found):
    """Compare every row with its digest; gives how many were forgotten as the expiry log says."""
    gone = 0
    for row, salt_id, digest, texts in block["rows"]:
        where = f"block {block['number']}: {block['table']} {row}"
        kind, subject, salt = block["salts"].get(str(salt_id), (None, None, None))
        if salt is None:
            if subject in forgotten.get(kind, ()):
                gone += 1
            else:
                found.append(f"{where}: its secret is gone, but the expiry log knows of no forgetting")
        elif texts is None:
            found.append(f"{where}: it is missing")
        elif hashlib.sha256(bytes.fromhex(salt) + row_form(block["table"], row, texts)).hexdigest() != digest:
            found.append(f"{where}: it was altered")
    found.extend(
        f"block {block['number']}: {block['table']} {row}: it was slipped in" for row in block["unsealed_rows"]
    )
    return gone


def forgotten_in(path):
    """What the expiry log in the file says was forgotten: kind → subjects."""
    told: dict = {}
    lines = read(path)
    next(lines)
    for block in lines:
        if block["table"] == "expiry_forgotten":
            names = block["columns"].split(",")
            for _row, _salt, _digest, texts in block["rows"]:
                if texts:
                    line = dict(zip(names, texts))  # noqa: B905 (Python 3.9)
                    told.setdefault(line["kind"], set()).update(
                        int(n) for n in line["subjects"].strip("{}").split(",") if n
                    )
    return told


def hash_of(block):
    """The hash a block ought to have."""
    entries = b"".join(
        row.to_bytes(8, "big", signed=True) + salt.to_bytes(8, "big", signed=True) + bytes.fromhex(digest)
        for row, salt, digest, _texts in block["rows"]
    )
    parts = ["bulou block 1", str(block["number"]), block["at"], block["table"], block["columns"]]
    parts += [str(n) for n in (*block["since"], *block["through"], block["count"])]
    parts += [hashlib.sha256(entries).hexdigest(), block["previous"]]
    return hashlib.sha256(b"".join(netstring(part) for part in parts)).digest()


def row_form(table, row, texts):
    """The canonical form of a row."""
    return b"".join(netstring(text) for text in (table, str(row), *texts))


def netstring(text):
    """5:hello, — and - for nothing."""
    if text is None:
        return b"-"
    body = text.encode()
    return str(len(body)).encode() + b":" + body + b","


def short(number, whole):
    """A head as it is printed."""
    letters = base64.b32encode(whole[:10]).decode()
    check = base64.b32encode(hashlib.sha256(f"{number} {letters}".encode()).digest()[:5]).decode()[:2]
    return "-".join([str(number), letters[:4], letters[4:8], letters[8:12], letters[12:], check])


def read_head(text):
    """A printed head, tidied; ValueError when it has a slip."""
    number, _dash, rest = "".join(text.split()).upper().partition("-")
    letters = rest.replace("-", "")
    if len(letters) != 18:
        raise ValueError("a printed head has a number and eighteen letters")
    tidy = short(int(number), base64.b32decode(letters[:16]))
    if tidy.replace("-", "") != number + letters:
        raise ValueError("the printed head has a slip: compare it letter by letter")
    return tidy


def read(path):
    """The lines of the file, one at a time."""
    opened = gzip.open if str(path).endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


if __name__ == "__main__":
    sys.exit(main())
