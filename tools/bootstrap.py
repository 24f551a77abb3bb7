#!/usr/bin/env python3
"""From a fresh clone to a running target with nothing but python3 >= 3.11: `python3 tools/bootstrap.py demo`.

Makes .venv, installs what the lock names when the lock has changed, compiles the translations and runs the target. Standard library
only, and readable by old interpreters as far as the sentence that asks for a newer one. It is not an installer: it writes only inside
the repository's folder and BULOU_HOME.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time

NEEDED = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "bulou-installed.json")
NOTES = os.path.join(ROOT, "build", "bootstrap.log")

# Where pip would install, or what it would ignore, is ours to say; mirrors, proxies and certificates are the user's.
PIP_OURS = (
    "USER", "TARGET", "PREFIX", "ROOT", "REQUIRE_VIRTUALENV", "NO_BINARY", "ONLY_BINARY", "CONSTRAINT",
    "REQUIREMENT", "NO_DEPS", "EDITABLE", "DRY_RUN", "REPORT", "IGNORE_INSTALLED", "PRE", "NO_BUILD_ISOLATION",
    "LOG", "QUIET", "VERBOSE", "PYTHON", "PLATFORM", "ABI", "IMPLEMENTATION", "PYTHON_VERSION",
)  # fmt: skip


class Trouble(Exception):
    """Set-up cannot go on; the message says why and what to do, in one line."""


def main(words):
    """Set up and run one target; returns the exit code (2: cannot be set up, or no such target)."""
    target = words[0] if words else "help"
    if target in ("help", "-h", "--help") or target not in TARGETS:
        print(usage())
        return 0 if target in ("help", "-h", "--help") else 2
    lock, run, _about = TARGETS[target]
    try:
        newer_python(words)
        set_up(lock)
        return run(words[1:])
    except Trouble as trouble:
        print("bulou: {}".format(trouble), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def usage():
    """The targets, one to a line."""
    lines = ["usage: python3 tools/bootstrap.py TARGET [arguments of the target]", ""]
    lines += ["  {:8} {}".format(name, about) for name, (_lock, _run, about) in TARGETS.items()]
    return "\n".join(
        [*lines, "", "PORT, BULOU_HOME (default: .bulou in this folder) and OPEN=0 (no browser) are honoured."]
    )


# --- set-up -----------------------------------------------------------------------------------------------------------------


def newer_python(words):
    """Go on with a newer interpreter of this machine if this one is too old; say so if there is none."""
    if sys.version_info >= NEEDED:
        return
    for minor in range(20, NEEDED[1] - 1, -1):
        found = shutil.which("python3.{}".format(minor))
        if found:
            os.execv(found, [found, os.path.abspath(__file__), *words])
    raise Trouble("needs Python 3.11 or newer; this is {}.{} ({}).".format(*sys.version_info[:2], sys.executable))


def set_up(lock):
    """A complete .venv for `lock` ("run" or "dev"): made, filled and linked only as far as something is missing."""
    os.makedirs(os.path.dirname(NOTES), exist_ok=True)
    with alone():
        make_venv()
        install(lock)
        link_project()
    quietly(
        [PYTHON, "-I", os.path.join(ROOT, "tools", "compile_words.py"), os.path.join(ROOT, "src")],
        "The translations do not compile",
    )
    build_web(lock)


def build_web(lock):
    """The full form engine; the house runs without it, its tests do not."""
    done = subprocess.run(
        [PYTHON, "-I", os.path.join(ROOT, "tools", "build_web.py")], env=plain_environment(), cwd=ROOT
    )
    if done.returncode and lock == "dev":
        raise Trouble("the tests need the full form engine; it is built with packages from an npm registry.")


@contextlib.contextmanager
def alone():
    """One set-up at a time in this folder; the system frees the lock with the process."""
    import fcntl

    with open(os.path.join(ROOT, "build", ".bootstrap.lock"), "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another set-up is at work in this folder; waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def make_venv():
    """A working .venv; one that is half made, or whose Python has gone, is made again."""
    if venv_works():
        return
    for module, package in (("venv", "python3-venv"), ("ensurepip", "python3-venv")):
        if importlib.util.find_spec(module) is None:
            raise Trouble(
                "this Python has no “{}”; install it (Debian, Ubuntu: apt install {}) and try again.".format(
                    module, package
                )
            )
    shutil.rmtree(VENV, ignore_errors=True)
    say("Making .venv with Python {}.{}.{}".format(*sys.version_info[:3]))
    quietly([sys.executable, "-I", "-m", "venv", VENV], "Python could not make .venv")


def venv_works():
    """Whether .venv has a Python new enough that starts, with pip in it."""
    if not os.path.exists(PYTHON):
        return False
    check = "import sys, pip; sys.exit(sys.version_info < {!r})".format(NEEDED)
    try:
        return (
            subprocess.run([PYTHON, "-I", "-c", check], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
            == 0
        )
    except OSError:
        return False


def install(lock):
    """Install the lock when what is in .venv was not installed from it. The development lock contains the running one."""
    wanted = {name: fingerprint(name) for name in ("run", "dev")}
    have = read_stamp()
    if have == wanted[lock] or have == wanted["dev"]:
        return
    if have is not None and lock == "run" and have_dev():
        lock = "dev"
    path = os.path.join(ROOT, "locks", lock + ".lock")
    remove(STAMP)
    begun = time.monotonic()
    run_pip(["install", "--require-hashes", "--only-binary=:all:", "--no-deps", "-r", path], count_packages(path))
    with open(STAMP, "w") as out:
        json.dump({"installed": wanted[lock], "lock": lock}, out)
    say("Installed in {:.0f} s".format(time.monotonic() - begun))


def fingerprint(lock):
    """What identifies an installation: the lock's content and the Python it was made for."""
    with open(os.path.join(ROOT, "locks", lock + ".lock"), "rb") as held:
        content = held.read()
    with open(os.path.join(VENV, "pyvenv.cfg"), "rb") as held:
        python = [line for line in held.read().splitlines() if line.startswith(b"version")]
    return hashlib.sha256(b"\0".join([content, *python])).hexdigest()


def read_stamp():
    try:
        with open(STAMP) as held:
            return json.load(held).get("installed")
    except (OSError, ValueError):
        return None


def have_dev():
    try:
        with open(STAMP) as held:
            return json.load(held).get("lock") == "dev"
    except (OSError, ValueError):
        return False


def count_packages(path):
    with open(path) as held:
        return sum(1 for line in held if line[:1].isalnum())


def run_pip(words, total):
    """pip with its output in build/bootstrap.log and a count on the screen; its last words when it fails."""
    say("Installing {} packages into .venv".format(total))
    seen, last, shown = 0, [], time.monotonic()
    with open(NOTES, "w") as notes:
        pip = subprocess.Popen([PYTHON, "-I", "-m", "pip", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               env=pip_environment(), text=True, errors="replace", cwd=ROOT)  # fmt: skip
        for line in pip.stdout:
            notes.write(line)
            last = [*last, line.rstrip()][-6:]
            seen += line.startswith(("Collecting", "Requirement already"))
            if time.monotonic() - shown > 3:
                shown = time.monotonic()
                say("  {} of {} packages".format(min(seen, total), total) if seen < total else "  unpacking")
    if pip.wait():
        print("\n".join("  " + line for line in last), file=sys.stderr)
        raise Trouble("pip could not install the packages (all it said: build/bootstrap.log). Behind a slow or closed network, "
                      "set a mirror with “pip config set global.index-url …” and try again.")  # fmt: skip


def plain_environment():
    """The environment without what would make our Python import from elsewhere."""
    dropped = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONUSERBASE", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "PYTHONSAFEPATH",
               "DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS")  # fmt: skip
    return {name: value for name, value in os.environ.items() if name not in dropped}


def pip_environment():
    environment = {
        name: value for name, value in plain_environment().items() if name not in {"PIP_" + own for own in PIP_OURS}
    }
    ours = {
        "PIP_USER": "0",
        "PIP_REQUIRE_VIRTUALENV": "0",
        "PIP_NO_INPUT": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONUTF8": "1",
    }
    environment.update(ours)
    return environment


def link_project():
    """Make `import bulou` and `.venv/bin/bulou` work from this folder, wherever it has been moved to."""
    places = subprocess.run(
        [PYTHON, "-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True
    )
    if places.returncode:
        raise Trouble("the Python in .venv does not start; remove .venv and try again.")
    write_if_other(os.path.join(places.stdout.strip(), "bulou.pth"), os.path.join(ROOT, "src") + "\n")
    script = "#!/bin/sh\n'''exec' \"{}\" \"$0\" \"$@\"\n' '''\nimport sys\n\nfrom bulou.site.cli import main\n\nsys.exit(main())\n".format(
        PYTHON
    )
    write_if_other(os.path.join(VENV, "bin", "bulou"), script)
    os.chmod(os.path.join(VENV, "bin", "bulou"), 0o755)


def write_if_other(path, text):
    try:
        with open(path) as held:
            if held.read() == text:
                return
    except OSError:
        pass
    with open(path, "w") as out:
        out.write(text)


def remove(path):
    with contextlib.suppress(FileNotFoundError):
        os.remove(path)


def quietly(command, complaint):
    """Run a step; what it printed is shown only when it fails."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=plain_environment(), text=True, cwd=ROOT
    )
    if done.returncode:
        print("\n".join("  " + line for line in done.stdout.splitlines()[-6:]), file=sys.stderr)
        raise Trouble(complaint + ".")


def say(line):
    print(line, flush=True)


# --- targets ----------------------------------------------------------------------------------------------------------------


def run(*words):
    """Run one of ours in the repository's folder; Ctrl-C reaches it, and its exit code is ours."""
    process = subprocess.Popen([PYTHON, *words], env=plain_environment(), cwd=ROOT)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def become(*words):
    """Replace this process: signals then reach the target itself."""
    environment = plain_environment()
    environment.setdefault("BULOU_HOME", os.path.join(ROOT, ".bulou"))
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execve(PYTHON, [PYTHON, *words], environment)


def demo(words):
    become("-m", "bulou.site.cli", "demo", *words)


def test(words):
    return run("-m", "pytest", "-n", "2", *words)


def quick(words):
    paths = ["tests/core", "tests/architecture"]
    modules = os.path.join(ROOT, "src", "bulou", "modules")
    for folder, _folders, files in sorted(os.walk(modules)):
        if os.path.basename(folder) == "tests":
            paths += [
                os.path.join(folder, name)
                for name in sorted(files)
                if name.startswith("test_rules") and name.endswith(".py")
            ]
    return run(
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "-p",
        "no:cacheprovider",
        *[p for p in paths if os.path.exists(os.path.join(ROOT, p))],
        *words,
    )


def lint(_words):
    """Every check runs, also after one has failed."""
    checks = [
        ("ruff check", ["-m", "ruff", "check", "."]),
        ("ruff format", ["-m", "ruff", "format", "--check", "."]),
        ("mypy", ["-m", "mypy"]),
        ("djlint", ["-m", "djlint", "src", "--lint", "--quiet"]),
    ]
    failed = []
    for name, command in checks:
        say("— " + name)
        if run(*command):
            failed.append(name)
    say("lint: {}".format("failed: " + ", ".join(failed) if failed else "clean"))
    return 1 if failed else 0


def bench(words):
    return run("bench/run.py", *words)


def marked(marker):
    def go(words):
        return run("-m", "pytest", "-n", "0", "-m", marker, "-v", "-s", *words)

    return go


def lock(_words):
    """Resolve the versions anew and write both locks, with hashes and without a single address."""
    place = os.path.join(ROOT, "build", "lock-venv")
    quietly([sys.executable, "-I", "-m", "venv", place], "Python could not make build/lock-venv")
    uv = os.path.join(place, "bin", "uv")
    quietly([os.path.join(place, "bin", "python"), "-I", "-m", "pip", "install", "uv"], "uv could not be installed")
    for name, extra in (("run", []), ("dev", ["--extra", "dev"])):
        path = os.path.join("locks", name + ".lock")
        words = [
            "pip",
            "compile",
            "pyproject.toml",
            "--universal",
            "--generate-hashes",
            "--no-annotate",
            "--no-header",
            "--python-version",
            "3.11",
            "--extra",
            "documents",
            "--extra",
            "web",
        ]
        quietly([uv, *words, *extra, "--upgrade", "-o", path], "The versions cannot be resolved")
        say("wrote " + path)
    return 0


def only_set_up(_words):
    say("Ready: .venv/bin/bulou --help")
    return 0


TARGETS = {
    "demo": ("run", demo, "a demonstration county in your browser; Ctrl-C stops it, the next start continues"),
    "test": ("dev", test, "all tests"),
    "quick": ("dev", quick, "core, rules and the floor plan: seconds"),
    "lint": ("dev", lint, "ruff, mypy, djlint"),
    "bench": ("dev", bench, "measure; prints a table and writes build/bench.json"),
    "chaos": ("dev", marked("chaos"), "kill, cut and fill what the house stands on"),
    "soak": ("dev", marked("soak"), "run for many minutes (SOAK_MINUTES)"),
    "set-up": ("run", only_set_up, "only make .venv"),
    "lock": ("run", lock, "resolve the versions anew and write locks/"),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
