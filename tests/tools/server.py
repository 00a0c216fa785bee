"""server.py - the program under test: a server of its own, and the command line

POSTERN_BIN (or POSTERN) names the program; else build/postern. Every server has its
own folder and listens on 127.0.0.1 with a port the system chose.
"""

import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys

from tap import Failure, brief, check, descendants, poll

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.path.realpath(os.environ.get("POSTERN_BIN") or os.environ.get("POSTERN")
                           or ROOT / "build" / "postern")
ADDRESS = re.compile(r"(127\.0\.0\.1|\[::1\]):(\d+)")
WEB_LINE = re.compile(r"^ *web +(?:http://(\[[^\]]+\]|[^:/\s]+):(\d+)/|.*).*$", re.MULTILINE)
START_SECONDS = 20
# The sanitizers reserve far more address space than they use.
IS_SANITIZED = "asan" in PROGRAM or "tsan" in PROGRAM or os.environ.get("POSTERN_SANITIZED") == "1"


class Server:
    """A running `postern serve`. options are its own words behind the usual ones.
    web: where its pages are; web="127.0.0.1:0" asks for them, .web is then (host, port)."""

    def __init__(self, folder, *options, smtp=("127.0.0.1:0",), lmtp=(), store=None, hostname="mx.example.net",
                 web="off", env=None, wait=True, wrap=(), **popen):
        self.folder = pathlib.Path(folder)
        self.store = store or f"sqlite:{self.folder}/postern.db"
        self.options = options
        self.words = [*wrap, PROGRAM, "serve", *sum((["--smtp", a] for a in smtp), []),
                      *sum((["--lmtp", a] for a in lmtp), []), "--store", self.store,
                      "--hostname", hostname, "--web", web, *options]
        self.wants_web = web != "off"
        self.listeners = [*smtp, *lmtp]
        self.env = {**os.environ, **(env or {})}
        self.popen = popen
        self.runs = 0
        self.start(wait)

    def start(self, wait=True):
        """Start (again) on the same store."""
        self.runs += 1
        self.out = self.folder / f"serve-{self.runs}.out"
        self.log = self.folder / f"serve-{self.runs}.err"
        with open(self.out, "wb") as out, open(self.log, "wb") as err:
            self.process = subprocess.Popen(self.words, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                            env=self.env, **self.popen)
        self.addresses = []
        self.web = None
        if wait:
            poll(self.is_listening, START_SECONDS, "the addresses the server prints")
        return self

    def is_listening(self):
        """The printed addresses, once there are as many as were asked for."""
        if self.process.poll() is not None:
            raise Failure(f"the server ended with {self.process.returncode}: {self.said()}")
        said = self.out.read_text()
        paths = sum(a.startswith("unix:") for a in self.listeners)
        shown = WEB_LINE.search(said)
        if shown and shown.group(2):
            self.web = (shown.group(1).strip("[]"), int(shown.group(2)))
        found = []
        for host, port in ADDRESS.findall(WEB_LINE.sub("", said)):
            address = (host.strip("[]"), int(port))
            if address not in found:
                found.append(address)
        self.addresses = found
        if "ready" not in said or len(found) < len(self.listeners) - paths:
            return False
        if self.wants_web and shown and not self.web:
            raise Failure(f"the web pages were asked for, and the start says: {shown.group(0).strip()!r}")
        return self.web or not self.wants_web

    @property
    def address(self):
        return self.addresses[0]

    def said(self):
        """What it wrote on both outputs."""
        return self.out.read_text(errors="backslashreplace") + self.log.read_text(errors="backslashreplace")

    def role(self, name="mail"):
        """The process id of a role: a child of the supervisor, "mail" or "web"."""
        return poll(lambda: [pid for pid in descendants(self.process.pid) if role_name(pid) == name], 10,
                    f"the {name} role")[0]

    def freeze(self):
        """Stop the mail role where it stands, and wait until every thread of it does.
        Returns its process id; SIGCONT lets it go on."""
        role = self.role()
        os.kill(role, signal.SIGSTOP)
        poll(lambda: all(stat.read_text().rsplit(")", 1)[1].split()[0] == "T"
                         for stat in pathlib.Path(f"/proc/{role}/task").glob("*/stat")),
             10, "the mail role to stop")
        return role

    def pids(self):
        return [self.process.pid] + descendants(self.process.pid)

    def stop(self, seconds=30, status=0):
        """SIGTERM, and it must end by itself with status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            found = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure(f"did not end within {seconds} s of SIGTERM: {self.said()}") from None
        check(found == status, f"ended with {found}, not {status}: {self.said()}")

    def kill9(self):
        """Everything at once, as kill -9 does. Nothing is told, nothing is cleaned up."""
        pids = self.pids()
        for pid in pids:
            try:
                os.kill(pid, signal.SIGSTOP)  # else the supervisor could start another role
            except ProcessLookupError:
                pass
        for pid in set(pids + self.pids()):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        poll(lambda: all(is_gone(p) for p in pids), 10, "the killed processes to vanish")

    # ---- the command line on the same store

    def postern(self, *words, status=0, **more):
        """`postern WORDS --store …`; its standard output as octets."""
        return postern(*words, "--store", self.store, status=status, **more)

    def inbox(self, *options):
        """`inbox list --json` as a list of objects."""
        return [json.loads(line) for line in self.postern("inbox", "list", "--json", *options).splitlines()]

    def raw(self, which):
        return self.postern("inbox", "raw", which)


def postern(*words, status=0, seconds=60, input=None, env=None, **more):
    done = run(*words, seconds=seconds, input=input, env=env, **more)
    if status is not None and done.returncode != status:
        raise Failure(f"postern {' '.join(map(str, words))}: exit {done.returncode}, not {status}: "
                      f"{brief(done.stderr.decode(errors='backslashreplace'))}")
    return done.stdout


def run(*words, seconds=60, input=None, env=None, program=PROGRAM, **more):
    """The program (or a copy of it) with these words; the completed process."""
    return subprocess.run([program, *map(str, words)], input=input if input is not None else b"",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=seconds,
                          env={**os.environ, **(env or {})}, **more)


def role_name(pid):
    """"mail" or "web" by how the role was started; "" for a child that is no role yet, or no more."""
    try:
        words = pathlib.Path("/proc", str(pid), "cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    if words[0].endswith(b"postern-web") or words[1:3] == [b"role", b"web"]:
        return "web"
    return "mail" if words[1:3] == [b"role", b"mail"] else ""


def is_gone(pid):
    try:
        return pathlib.Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def resident(pids):
    """Octets of memory these processes hold of their own."""
    total = 0
    for pid in pids:
        try:
            text = pathlib.Path("/proc", str(pid), "status").read_text()
        except OSError:
            continue
        found = re.search(r"^RssAnon:\s+(\d+) kB", text, re.MULTILINE)
        total += int(found.group(1)) * 1024 if found else 0
    return total


def raise_descriptors(wanted):
    """Let this process open wanted descriptors, as far as the hard limit goes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = min(wanted, hard) if hard != resource.RLIM_INFINITY else wanted
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, limit), hard))
    return max(soft, limit)


if not os.access(PROGRAM, os.X_OK):
    print(f"Bail out! no program at {PROGRAM}: build it, or set POSTERN_BIN")
    sys.exit(1)
