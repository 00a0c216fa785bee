"""tap.py - cases that print TAP, each in a process of its own

A case is a function marked with @case("a sentence"). It runs in a forked child, so a
crash, a hang or an unclean end spoils that case alone. What it started (servers,
senders, load) is ended with it: the child adopts orphans and ends every descendant
by its process id, nothing else.

A case passes when it returns, fails when it raises, and is skipped when it raises
Skip. `check` raises with a readable text; `note` prints a TAP comment.
A folder of its own is given to a case that takes one argument.
"""

import ctypes
import inspect
import os
import pathlib
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback

ALL = os.environ.get("POSTERN_TEST_ALL") == "1"
PR_SET_CHILD_SUBREAPER = 36
PASSED, FAILED, SKIPPED = 0, 1, 77

_cases = []
_before = []


class Skip(Exception):
    """The case cannot be tried here; the text says why."""


class Failure(AssertionError):
    """The program under test did not do what the case says."""


def case(sentence, timeout=30):
    """Register a case; timeout is in seconds."""
    def register(function):
        _cases.append((sentence, function, timeout))
        return function
    return register


def table(form, rows, timeout=30):
    """Register one case a row: form is formatted with the row, which is the argument."""
    def register(function):
        for row in rows:
            _cases.append((form.format(*row), _bound(function, row), timeout))
        return function
    return register


def before(function):
    """Register what is done once, ahead of all cases, in the process above theirs:
    it gets a folder that lives until the end. If it fails nothing is tried."""
    _before.append(function)
    return function


def _bound(function, row):
    if "folder" in inspect.signature(function).parameters:
        return lambda folder: function(folder, *row)
    return lambda: function(*row)


def check(condition, *words):
    if not condition:
        raise Failure(" ".join(str(word) for word in words))


def equal(found, expected, what=""):
    if found != expected:
        raise Failure(f"{what}: expected {brief(expected)}, found {brief(found)}")


def brief(value, limit=300):
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


def note(*words):
    text = " ".join(str(word) for word in words)
    for line in text.splitlines():
        print("# " + line, flush=True)


def poll(condition, seconds, what):
    """Wait until condition() is true and return its value; fail behind the deadline."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"waited {seconds} s for: {what}")
        time.sleep(0.01)


def swift(measure, limit, what, tries=3):
    """measure() returns how many seconds something took; it must be limit or less once in tries:
    what is slow each time is slow, what is slow once may be the machine, which has other work.
    The seconds of the last time."""
    waits = []
    while len(waits) < tries and (not waits or waits[-1] > limit):
        waits.append(measure())
    check(waits[-1] <= limit, f"{what} took " + ", ".join(f"{wait:.2f} s" for wait in waits))
    return waits[-1]


def descendants(root):
    """Process ids below root, deepest last."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                stat = pathlib.Path("/proc", name, "stat").read_text()
            except (OSError, ValueError):
                continue
            parent = int(stat.rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(name))
    found, todo = [], [root]
    while todo:
        below = children.get(todo.pop(0), [])
        found += below
        todo += below
    return found


def end_descendants(root):
    """End every process below root; repeated, since a supervisor may start another."""
    for _ in range(50):
        below = [pid for pid in descendants(root) if not _is_zombie(pid)]
        if not below:
            return
        for pid in below:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.01)


def _is_zombie(pid):
    try:
        return pathlib.Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def adopt_orphans():
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _run_child(function, folder, reason):
    adopt_orphans()
    status = FAILED
    try:
        if inspect.signature(function).parameters:
            function(folder)
        else:
            function()
        status = PASSED
    except Skip as why:
        reason.write_text(str(why))
        status = SKIPPED
    except Failure as failure:
        frames = [f for f in traceback.extract_tb(failure.__traceback__) if "/tools/" not in f.filename]
        where = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}: " if frames else ""
        note(where + str(failure))
    except BaseException:  # the child must end here, whatever happened
        note(traceback.format_exc())
    try:
        end_descendants(os.getpid())
        sys.stdout.flush()
    finally:
        os._exit(status)


# What a program writes when it found a fault in itself.
FAULTS = re.compile(r"Assertion .* failed|runtime error:|ERROR: \w+Sanitizer|WARNING: ThreadSanitizer")


def complaints(folder):
    """Reports of faults that servers in folder found in themselves, each with where it stands."""
    reports = []
    for log in folder.rglob("serve-*.err"):
        lines = log.read_text(errors="backslashreplace").splitlines()
        reports += ["\n".join(lines[n:n + 40]) for n, line in enumerate(lines) if FAULTS.search(line)]
    return reports


def _reap_adopted():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _run(number, sentence, function, timeout):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="postern-test-"))
    os.chmod(folder, 0o755)  # other users must reach what is in it
    reason = folder / ".skip"
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        _run_child(function, folder, reason)
    start = time.monotonic()
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            break
        if time.monotonic() - start > timeout:
            note(f"still ran after {timeout} s and was ended")
            os.kill(pid, signal.SIGSTOP)
            end_descendants(pid)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            status = FAILED << 8
            break
        time.sleep(0.002)
    _reap_adopted()
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        note(f"the case died of signal {-code}")
    seconds = time.monotonic() - start
    skip = f" # SKIP {reason.read_text()}" if code == SKIPPED else ""
    word = "ok" if code in (PASSED, SKIPPED) else "not ok"
    faults = complaints(folder)
    if faults:
        word = "not ok"
        note("a server found a fault in itself:", *faults[:2])
    print(f"{word} {number} - {sentence}{skip}", flush=True)
    if seconds > 5:
        note(f"{seconds:.1f} s")
    if word == "not ok" and os.environ.get("POSTERN_TEST_KEEP"):
        note(f"kept {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return word == "ok"


def main():
    """Run what was registered; arguments keep only sentences with one of these words."""
    adopt_orphans()
    words = sys.argv[1:]
    chosen = [c for c in _cases if not words or any(w in c[0] for w in words)]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="postern-test-"))
    print(f"1..{len(chosen)}", flush=True)
    try:
        for function in _before:
            function(folder)
    except BaseException as trouble:
        why = str(trouble)
        if not isinstance(trouble, Failure):
            note(traceback.format_exc())
            why = "what all cases need could not be set up"
        end_descendants(os.getpid())
        shutil.rmtree(folder, ignore_errors=True)
        print("Bail out! " + why.replace("\n", " "), flush=True)
        sys.exit(1)
    good = [_run(i + 1, *chosen_case) for i, chosen_case in enumerate(chosen)]
    end_descendants(os.getpid())
    faults = complaints(folder)
    if faults:
        note("a server that all cases shared found a fault in itself:", *faults[:2])
        print("Bail out! see above", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if all(good) and not faults else 1)
