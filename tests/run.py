#!/usr/bin/env python3
"""run.py - run every test program and add up what they say

A test program is a C executable that Meson lists with test(), or a Python file
tests/<room>/test_*.py. Each prints TAP and exits with 0 only when all went well.
Each program gets one line when it ends, with the time that passed and the CPU time it used, and after it
the output of those that fail (without the points that passed); everything goes to BUILD/test.log. The last
line is "N passed, N failed", followed by "N skipped" and "N programs not run" when there are any.

A program that crashes, runs too long, exits with a status that contradicts its
points, or prints fewer points than its plan, counts as one more failure. What several programs
need and is not installed is one failure, shown first, and those programs are not run.

Two programs that compute run at a time (--jobs), and beside them one that mostly waits, so that
no processor is idle while a test waits for a time limit of the server.

Programs find in their environment:
  POSTERN_BUILD      the build folder, absolute
  POSTERN            the program under test, BUILD/postern
  POSTERN_PEERS      folder with foreign programs (smtp-source), see tools/peers.sh
  POSTERN_NPM        folder with foreign npm packages, see tools/npm.sh
  POSTERN_TEST_ALL   1 for the long rounds (--all)

A Python program may state in its head, a line each:
  # timeout: SECONDS   how long it may run (300)
  # takes: SECONDS     how long it usually runs (30), until a run was measured: long ones start first
  # mostly waits       it uses little CPU: it runs beside those that compute
  # needs: npm         without the npm packages there is nothing to test
  # needs: peers       some of its points use smtp-source; without it they are skipped
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import select
import shlex
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
POINT = re.compile(r"^(not )?ok\b(?: +\d+)?(?P<rest>.*)$")
PLAN = re.compile(r"^1\.\.(\d+)(?P<rest>.*)$")
SKIP = re.compile(r"#\s*skip", re.IGNORECASE)


class Program:
    """One test program: how to start it, and how it ended."""

    def __init__(self, name, command, timeout, takes, is_c=False, waits=False, needs=()):
        self.name, self.command, self.timeout, self.takes = name, command, timeout, takes
        self.is_c, self.waits, self.needs = is_c, waits, needs
        self.passed = self.failed = self.skipped = 0
        self.faults = []  # what is wrong with the program as a whole
        self.output = ""
        self.seconds = self.cpu = 0.0  # by the clock; of processors, with all processes it waited for


def c_programs(build):
    """The executables Meson knows as tests; scripts it lists are found by python_programs."""
    text = subprocess.run(["meson", "introspect", "--tests", str(build)], check=True,
                          capture_output=True, text=True).stdout
    programs = {}
    for test in json.loads(text):
        path = pathlib.Path(test["cmd"][0])
        if not path.is_relative_to(build):
            continue
        name = str(path.relative_to(build))
        if test["cmd"][1:]:
            name += " " + " ".join(pathlib.Path(word).name for word in test["cmd"][1:])
        programs[name] = Program(name, test["cmd"], max(120, test["timeout"]), takes=1, is_c=True)
    return list(programs.values())


def python_programs():
    programs = []
    for path in sorted((ROOT / "tests").glob("*/test_*.py")):
        head = path.read_text(encoding="utf-8")[:2000]
        stated = dict(re.findall(r"^# (timeout|takes): (\d+)$", head, re.MULTILINE))
        programs.append(Program(str(path.relative_to(ROOT)), [sys.executable, str(path)],
                                int(stated.get("timeout", 300)), int(stated.get("takes", 30)),
                                waits=bool(re.search(r"^# mostly waits$", head, re.MULTILINE)),
                                needs=re.findall(r"^# needs: (\w+)$", head, re.MULTILINE)))
    return programs


# What some programs need: how to see that it is there, what it is, how to get it, and whether
# there is nothing to run without it.
NEEDS = {
    "npm": {"variable": "POSTERN_NPM", "file": "installed.sum", "what": "the npm packages of the tests",
            "tool": "tools/npm.sh", "is_all": True},
    "peers": {"variable": "POSTERN_PEERS", "file": "smtp-source", "what": "Postfix's smtp-source",
              "tool": "tools/peers.sh", "is_all": False},
}


def report_missing(programs, env, log):
    """One failure for each thing that is not installed. Returns the programs that can run, and the number of failures."""
    failed = 0
    for name, need in NEEDS.items():
        folder = pathlib.Path(env[need["variable"]])
        stopped = [p for p in programs if name in p.needs]
        if not stopped or (folder / need["file"]).exists():
            continue
        failed += 1
        effect = "not run" if need["is_all"] else "points of it are skipped"
        text = (f"FAIL  {need['what']}: not in {folder}: run {need['tool']} {folder}, "
                f"which says why it cannot be installed\n"
                + "".join(f"      {effect}: {p.name}\n" for p in stopped))
        print(text, end="", flush=True)
        log.write(text)
        if need["is_all"]:
            programs = [p for p in programs if p not in stopped]
    return programs, failed


def environment(options, build):
    env = dict(os.environ)
    env.setdefault("POSTERN_PEERS", str(ROOT / "build" / "peers"))
    env.setdefault("POSTERN_NPM", str(ROOT / "build" / "npm"))
    env.update(POSTERN_BUILD=str(build), POSTERN=str(build / "postern"),
               CMOCKA_MESSAGE_OUTPUT="TAP", PYTHONUNBUFFERED="1", PYTHONDONTWRITEBYTECODE="1",
               LC_ALL="C.UTF-8")
    if options.all:
        env["POSTERN_TEST_ALL"] = "1"
    return env


def count_points(program):
    """Read the TAP in program.output into its counts and faults."""
    planned = points = 0
    has_plan = False
    for line in program.output.splitlines():
        plan = PLAN.match(line)
        if plan:
            has_plan = True
            planned += int(plan.group(1))
            if int(plan.group(1)) == 0 and SKIP.search(plan.group("rest")):
                program.skipped += 1
            continue
        point = POINT.match(line)
        if point:
            points += 1
            if SKIP.search(point.group("rest")):
                program.skipped += 1
            elif point.group(1):
                program.failed += 1
            else:
                program.passed += 1
        elif line.startswith("Bail out!"):
            program.faults.append(line)
    if not has_plan:
        program.faults.append("printed no TAP plan (1..N)")
    elif points != planned:
        program.faults.append(f"planned {planned} points, printed {points}")


def end_group(pid):
    """End what the program left behind; its process group is ours."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def wait_for(pid, seconds):
    """True when the process ended within these seconds; it is still to be reaped."""
    descriptor = os.pidfd_open(pid)
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


def run(program, options, env, running):
    limit = program.timeout * options.slow
    command = program.command
    if options.wrap and program.is_c:
        command = shlex.split(options.wrap) + command
    start = time.monotonic()
    log = options.scratch / (re.sub(r"\W+", "_", program.name) + ".out")
    with open(log, "wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=subprocess.STDOUT, cwd=ROOT, env=env,
                                   start_new_session=True)
        running.add(process.pid)
        has_ended = wait_for(process.pid, limit)
        end_group(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status = os.waitstatus_to_exitcode(status)
        running.discard(process.pid)
    program.seconds = time.monotonic() - start
    program.cpu = usage.ru_utime + usage.ru_stime
    program.output = log.read_text(encoding="utf-8", errors="backslashreplace")
    count_points(program)
    if not has_ended:
        program.faults.append(f"still ran after {limit:.0f} s and was killed")
    elif status < 0:
        program.faults.append(f"died of {signal.Signals(-status).name}")
    elif status > 0 and program.failed == 0 and not program.faults:
        program.faults.append(f"exited with status {status} though no point failed")
    if program.faults:
        program.failed += 1
    return program


def say(program, log):
    total = program.passed + program.failed + program.skipped
    count = f"{program.passed}" if program.passed == total else f"{program.passed} of {total}"
    mark = "FAIL" if program.failed else "ok  "
    skipped = f"  {program.skipped} skipped" if program.skipped else ""
    line = f"{mark}  {program.name:<50} {count:>12}  {program.seconds:6.1f} s  {program.cpu:6.1f} s CPU{skipped}"
    faults = "".join(f"      {program.name}: {fault}\n" for fault in program.faults)
    log.write(f"==== {line}\n{faults}{program.output}\n")
    print(line, flush=True)
    if program.failed:
        body = "".join(f"      {text}\n" for text in program.output.splitlines()
                       if not text.startswith("ok "))
        print(f"{faults}{body}", end="", flush=True)


def chosen(options, build):
    programs = [] if options.python else c_programs(build)
    if not options.units:
        programs += python_programs()
    if options.patterns:
        programs = [p for p in programs if any(word in p.name for word in options.patterns)]
    return programs


def known_times(times_file):
    try:
        return json.loads(times_file.read_text())
    except (OSError, ValueError):
        return {}


def longest_first(programs, times):
    """So that no long program is the last one running alone."""
    return sorted(programs, key=lambda p: -times.get(p.name, p.takes))


def run_all(programs, options, env, log):
    """Run them, and report each when it ends."""
    running = set()
    lanes = {False: concurrent.futures.ThreadPoolExecutor(options.jobs)}
    # With one job nothing runs beside another program.
    lanes[True] = concurrent.futures.ThreadPoolExecutor(1) if options.jobs > 1 else lanes[False]
    jobs = [lanes[p.waits].submit(run, p, options, env, running) for p in programs]
    try:
        for job in concurrent.futures.as_completed(jobs):
            say(job.result(), log)
    except KeyboardInterrupt:
        for lane in lanes.values():
            lane.shutdown(wait=False, cancel_futures=True)
        for pid in list(running):
            end_group(pid)
        raise


def main():
    parser = argparse.ArgumentParser(description="Run the tests.")
    parser.add_argument("--build", default="build", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=2, help="computing programs at a time (2); 1: all one by one")
    parser.add_argument("--all", action="store_true", help="the long rounds too")
    parser.add_argument("--units", action="store_true", help="only the C programs")
    parser.add_argument("--python", action="store_true", help="only the Python programs")
    parser.add_argument("--wrap", help="command put before each C program, such as valgrind")
    parser.add_argument("--slow", type=float, default=1, help="factor on every time limit")
    parser.add_argument("patterns", nargs="*", help="only programs whose name has this in it")
    options = parser.parse_args()

    build = options.build.resolve()
    options.scratch = build / "test-output"
    options.scratch.mkdir(parents=True, exist_ok=True)
    times_file = build / "test-times.json"
    times = known_times(times_file)
    programs = longest_first(chosen(options, build), times)
    env = environment(options, build)

    with open(build / "test.log", "w", encoding="utf-8") as log:
        found = len(programs)
        programs, missing = report_missing(programs, env, log)
        run_all(programs, options, env, log)
        passed, failed, skipped = (sum(getattr(p, what) for p in programs)
                                   for what in ("passed", "failed", "skipped"))
        failed += missing
        if not found:
            print("run.py: no test program: nothing matched: see `meson introspect --tests`")
            failed = 1
        summary = f"{passed} passed, {failed} failed"
        if skipped:
            summary += f", {skipped} skipped"
        if len(programs) < found:
            summary += f", {found - len(programs)} programs not run"
        log.write(summary + "\n")
    times_file.write_text(json.dumps({**times, **{p.name: round(p.seconds, 2) for p in programs}}))
    print(summary, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
