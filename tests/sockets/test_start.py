#!/usr/bin/env python3
"""Starting, refusing to start, stopping, and getting up again.

What cannot be done is said in one line "postern: what: why: what to do", with exit 2
for a wrong word and 1 for a wrong world; and whatever was stored stays stored.
"""
# mostly waits
# takes: 15

import array
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import tap
from server import PROGRAM, Server, is_gone, postern, run
from tap import Skip, check, descendants, equal, note, poll
from wire import Wire, queued_id

NOBODY = {"user": 65534, "group": 65534, "extra_groups": []}


def copied(folder):
    """A copy of the program that every user may run: the build can be below a folder closed to them."""
    return shutil.copy(PROGRAM, folder / "postern")


def refused(status, *words, says=(), env=None, **popen):
    """`serve WORDS` must end at once with status and one clear line."""
    done = run("serve", *words, seconds=20, env=env, **popen)
    said = done.stderr.decode(errors="backslashreplace")
    equal(done.returncode, status, f"exit status; it said {said!r}")
    lines = [line for line in said.splitlines() if line]
    equal(len(lines), 1, f"lines on stderr: {said!r}")
    check(lines[0].startswith("postern: "), f"must begin with 'postern: ': {lines[0]}")
    check(lines[0].count(": ") >= 2, f"must read 'what: why: what to do': {lines[0]}")
    for word in says:
        check(word.lower() in lines[0].lower(), f"must name {word!r}: {lines[0]}")
    equal(done.stdout, b"", "what went to stdout")


def plain(folder):
    return ["--smtp", "127.0.0.1:0", "--web", "off", "--store", f"sqlite:{folder}/postern.db"]


def with_mail(folder, count=3):
    """A store with count messages, and no server on it; what is in it."""
    server = Server(folder)
    with Wire(server.address) as wire:
        wire.hello()
        bodies = {wire.message(b"Subject: %d\r\n\r\nkeep me\r\n" % i): b"Subject: %d\r\n\r\nkeep me\r\n" % i
                  for i in range(count)}
    server.stop()
    return server, bodies


def still_there(server, bodies):
    equal({m["id"] for m in server.inbox()}, set(bodies), "messages")
    for found, body in bodies.items():
        equal(server.raw(found), body, f"message {found}")


# ---- refusals ------------------------------------------------------------------

@tap.case("a port in use is named, exit 1, and the running server is not disturbed")
def port_in_use(folder):
    server = Server(folder)
    port = server.address[1]
    other = folder / "other"
    other.mkdir()
    refused(1, "--smtp", f"127.0.0.1:{port}", "--web", "off", "--store", f"sqlite:{other}/postern.db",
            says=[str(port)])
    Wire(server.address).hello()


@tap.case("a store that another server holds is named, exit 1, and that server is not disturbed")
def locked(folder):
    server = Server(folder)
    with Wire(server.address) as wire:
        wire.hello()
        found = wire.message(b"x\r\n")
        refused(1, *plain(folder), says=["postern.db"])
        second = wire.message(b"y\r\n")
    equal({m["id"] for m in server.inbox()}, {found, second})


@tap.case("no right to the folder of the store: exit 1, the path named")
def no_right(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    refused(1, *plain(closed), says=[str(closed)], program=copied(folder), **NOBODY)
    equal(list(closed.iterdir()), [], "files made")


@tap.case("no right to the file of the store: exit 1, and nothing in it changes")
def no_right_file(folder):
    server, bodies = with_mail(folder)
    os.chmod(folder, 0o777)
    before = (folder / "postern.db").read_bytes()
    refused(1, *plain(folder), says=["postern.db"], program=copied(folder), **NOBODY)
    equal((folder / "postern.db").read_bytes() == before, True, "the file is the same")
    still_there(server, bodies)


@tap.case("a low port without the right to it: exit 1, the port named")
def low_port(folder):
    limit = int(pathlib.Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    if limit <= 25:
        raise Skip("every user may use port 25 on this machine")
    os.chmod(folder, 0o777)
    refused(1, "--smtp", "127.0.0.1:25", "--web", "off", "--store", f"sqlite:{folder}/postern.db", says=["25"],
            program=copied(folder), **NOBODY)


@tap.case("a store of a newer schema: exit 1, both versions are told, nothing in it changes")
def newer_schema(folder):
    server, bodies = with_mail(folder)
    database = sqlite3.connect(folder / "postern.db")
    version = database.execute("PRAGMA user_version").fetchone()[0]
    check(version >= 1, "the schema version is user_version")
    database.execute("PRAGMA user_version = 999")
    database.commit()
    database.close()
    refused(1, *plain(folder), says=["999", str(version)])
    database = sqlite3.connect(folder / "postern.db")
    equal(database.execute("PRAGMA user_version").fetchone()[0], 999)
    database.execute(f"PRAGMA user_version = {version}")
    database.commit()
    database.close()
    still_there(server, bodies)


@tap.case("a foreign file, an empty folder in its place, a damaged first page: exit 1, the file is left as it is")
def corrupt(folder):
    file = folder / "postern.db"
    for octets in (b"this is not a database, it is somebody's only copy of a letter\n" * 200, os.urandom(65536)):
        file.write_bytes(octets)
        refused(1, *plain(folder), says=["postern.db"])
        equal(file.read_bytes() == octets, True, "the foreign file is as it was")
    file.unlink()
    file.mkdir()
    refused(2, *plain(folder), says=["postern.db"])
    file.rmdir()
    server, bodies = with_mail(folder)
    good = file.read_bytes()
    file.write_bytes(b"\0" * 100 + good[100:])
    refused(1, *plain(folder), says=["postern.db"])
    file.write_bytes(good)
    still_there(server, bodies)


@tap.case("another program's SQLite database is not taken over: exit 1, its tables stay")
def foreign_database(folder):
    database = sqlite3.connect(folder / "postern.db")
    database.execute("CREATE TABLE song (title TEXT)")
    database.execute("INSERT INTO song VALUES ('mine')")
    database.commit()
    database.close()
    refused(1, *plain(folder), says=["postern.db"])
    database = sqlite3.connect(folder / "postern.db")
    equal(database.execute("SELECT name FROM sqlite_master").fetchall(), [("song",)])
    equal(database.execute("SELECT title FROM song").fetchall(), [("mine",)])


WRONG_WORDS = [
    ("an unknown option", ["--smpt", "127.0.0.1:0"], "--smtp"),
    ("an option without its argument", ["--store"], "--store"),
    ("a word too many", ["now"], "now"),
    ("an address without a port", ["--smtp", "127.0.0.1"], "127.0.0.1"),
    ("an address that is none", ["--smtp", "300.1.1.1:25"], "300.1.1.1"),
    ("a port above 65535", ["--smtp", "127.0.0.1:70000"], "70000"),
    ("an address by name", ["--smtp", "mail.example.org:25"], "mail.example.org"),
    ("a unix path that is too long", ["--lmtp", "unix:/" + "x" * 200], "path"),
    ("a host name with a space", ["--hostname", "mx example"], "hostname"),
    ("a host name with an underscore", ["--hostname", "bad_name.example"], "hostname"),
    ("an empty host name", ["--hostname", ""], "hostname"),
    ("a host name with a line end", ["--hostname", "a\r\n250 b"], "hostname"),
    ("an unknown profile", ["--profile", "mail"], "profile"),
    ("a number that is none", ["--max-sessions", "many"], "many"),
    ("a number below its range", ["--max-recipients", "0"], "max-recipients"),
    ("a size that is none", ["--max-message-size", "5 apples"], "max-message-size"),
    ("a size past 64 bits", ["--max-message-size", "99999999999999999999"], "max-message-size"),
    ("an unknown kind of store", ["--store", "mysql:/x"], "mysql"),
    ("a domain that is none", ["--domain", "exa mple"], "domain"),
    ("LMTP on port 25", ["--lmtp", "127.0.0.1:25"], "25"),
]


@tap.table("{0}: exit 2 and one line that names it", WRONG_WORDS)
def wrong_words(folder, name, words, says):
    refused(2, *plain(folder), *words, says=[says])
    equal(list(folder.iterdir()), [], "files made")


@tap.case("a wrong environment variable is named: exit 2")
def wrong_variable(folder):
    refused(2, *plain(folder), says=["POSTERN_MAX_SESSIONS"], env={"POSTERN_MAX_SESSIONS": "many"})


# ---- where it listens ------------------------------------------------------------

@tap.case("several addresses, IPv6 and a unix socket for LMTP, all at once")
def addresses(folder):
    path = f"{folder}/lmtp"
    server = Server(folder, "--domain", "example.net", smtp=("127.0.0.1:0", "127.0.0.1:0", "[::1]:0"), lmtp=[f"unix:{path}", "127.0.0.1:0"])
    equal(len(set(server.addresses)), 4, "different addresses")
    greetings = [Wire(address).greeting.text for address in server.addresses]
    check(all(g.startswith("mx.example.net ") for g in greetings), greetings)
    equal(sum("LMTP" in g for g in greetings), 1, f"LMTP among {greetings}")
    with Wire(path) as wire:
        check("LMTP" in wire.greeting.text, wire.greeting)
        wire.command("EHLO x", 500)
        wire.command("LHLO x", 250)
        wire.envelope(to=["a@example.net", "b@example.net"])
        wire.command("DATA", 354)
        wire.send(b"x\r\n.\r\n")
        ids = {queued_id(wire.expect(250, "2.0.0")) for _ in range(2)}
        wire.command("QUIT", 221)
    check({m["id"] for m in server.inbox()} >= ids, "the message is there")
    server.stop()
    check(not os.path.exists(path), "the unix socket is left behind")


@tap.case("a unix socket that a killed server left behind is taken over, one in use is not")
def stale_socket(folder):
    path = f"{folder}/lmtp"
    server = Server(folder, smtp=(), lmtp=[f"unix:{path}"])
    other = folder / "other"
    other.mkdir()
    refused(1, "--lmtp", f"unix:{path}", "--web", "off", "--store", f"sqlite:{other}/postern.db", says=[path])
    Wire(path)
    server.kill9()
    check(os.path.exists(path), "the killed server cannot have removed it")
    server.start()
    Wire(path).command("LHLO x", 250)


@tap.case("options come from the environment, and the command line wins")
def environment(folder):
    server = Server(folder, env={"POSTERN_HOSTNAME": "lost.example", "POSTERN_MAX_MESSAGE_SIZE": "12345"})
    wire = Wire(server.address)
    check(wire.greeting.text.startswith("mx.example.net "), wire.greeting)
    check("SIZE 12345" in wire.hello().lines, "SIZE from the environment")


@tap.case("what it prints at the start: every address, and one command to try that works", timeout=60)
def printed(folder):
    server = Server(folder)
    said = server.out.read_text()
    command = next((line.strip().removeprefix("$ ") for line in said.splitlines()
                    if any(word in line for word in ("swaks", "curl", "printf", "nc ", "sendmail"))), None)
    check(command, f"no command to try is printed: {said!r}")
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=30, stdin=subprocess.DEVNULL,
                          env={**os.environ, "PATH": f"{os.path.dirname(PROGRAM)}:{os.environ['PATH']}"})
    note(command)
    equal(done.returncode, 0, f"the printed command fails: {done.stderr}")
    equal(len(server.inbox()), 1, "its mail in inbox list")
    server.raw("latest")


@tap.case("systemd hands over sockets (LISTEN_FDS) and hears READY=1 and STOPPING=1")
def systemd(folder):
    inherited = socket.create_server(("127.0.0.1", 0))
    address = inherited.getsockname()
    notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notices.bind(str(folder / "notify"))
    notices.settimeout(15)
    # LISTEN_PID must be the server's own, so a shell sets it and becomes the server
    script = f'exec 3<&{inherited.fileno()}; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@"'
    server = Server(folder, smtp=(), wait=False, pass_fds=[inherited.fileno()],
                    env={"NOTIFY_SOCKET": str(folder / "notify")}, wrap=["bash", "-c", script, "bash"])
    said = b""
    while b"READY=1" not in said:
        said += notices.recv(4096) + b"\n"
    inherited.close()
    with Wire(address) as wire:
        wire.hello()
        found = wire.message(b"x\r\n")
    equal([m["id"] for m in server.inbox()], [found])
    server.stop()
    while b"STOPPING=1" not in said:
        said += notices.recv(4096) + b"\n"


# ---- stopping ----------------------------------------------------------------------

@tap.case("SIGTERM: idle sessions get 421 4.3.2 at once, a transaction in hand gets its 250 and then 421")
def drain(folder):
    server = Server(folder)
    idle, greeted, busy, chunks = (Wire(server.address) for _ in range(4))
    idle.hello()
    busy.hello()
    busy.envelope()
    busy.command("DATA", 354)
    busy.send(b"first half, ")
    chunks.hello()
    chunks.envelope()
    chunks.send(b"BDAT 4\r\nab\r\n")
    chunks.expect(250)
    server.process.send_signal(signal.SIGTERM)
    for wire in (idle, greeted):
        wire.expect(421, "4.3.2", seconds=3)
        wire.expect_closed()
    poll(lambda: not accepts(server.address), 5, "no new connections while it drains")
    busy.send(b"second half\r\n.\r\n")
    first = queued_id(busy.reply())
    chunks.send(b"BDAT 4 LAST\r\ncd\r\n")
    second = queued_id(chunks.reply())
    for wire in (busy, chunks):
        wire.expect(421, "4.3.2", seconds=5)
        wire.expect_closed()
    equal(server.process.wait(15), 0, "exit status")
    equal([server.raw(first), server.raw(second)], [b"first half, second half\r\n", b"ab\r\ncd\r\n"])


def accepts(address):
    try:
        with Wire(address, greeting=False, seconds=2) as wire:
            return wire.reply().code == 220
    except Exception:
        return False


@tap.case("a transaction that never ends holds the stop up for --drain-timeout only, and is not stored")
def bounded(folder):
    server = Server(folder, "--drain-timeout", "1")
    wire = Wire(server.address)
    wire.hello()
    wire.envelope()
    wire.command("DATA", 354)
    wire.send(b"half")
    start = time.monotonic()
    server.stop(seconds=10)
    check(time.monotonic() - start < 8, "the stop took too long")
    wire.expect(421, "4.3.2")
    wire.expect_closed()
    equal(server.inbox(), [], "stored")


@tap.case("a clean stop leaves no WAL, no lock held, no control socket in use, and exit 0 for SIGINT too")
def clean(folder):
    server, bodies = with_mail(folder)
    check(not (folder / "postern.db-wal").exists(), "a WAL is left")
    server.start()
    server.process.send_signal(signal.SIGINT)
    equal(server.process.wait(15), 0)
    still_there(server, bodies)


# ---- getting up again ----------------------------------------------------------------

@tap.case("a role that crashes is started again, and what was stored and what comes then is there", timeout=60)
def restart(folder):
    server = Server(folder)
    ids = []
    for how in (signal.SIGKILL, signal.SIGABRT):
        wire = Wire(server.address)
        wire.hello()
        ids.append(wire.message(b"x\r\n"))
        role = server.role()
        os.kill(role, how)
        poll(lambda: is_gone(role), 10, "the role to end")
        poll(lambda: accepts(server.address), 20, "a role that serves again")
        check(server.process.poll() is None, "the supervisor ended with it")
    wire = Wire(server.address)
    wire.hello()
    ids.append(wire.message(b"y\r\n"))
    equal({m["id"] for m in server.inbox()}, set(ids))
    server.stop()


@tap.case("no connection waits for ever while the role is being restarted", timeout=60)
def restart_gap(folder):
    server = Server(folder)
    os.kill(server.role(), signal.SIGKILL)
    start = time.monotonic()
    poll(lambda: accepts(server.address), 15, "service again")
    check(time.monotonic() - start < 10, "it took more than 10 s")


@tap.case("SIGKILL of the supervisor leaves no orphan role, and the next start works")
def orphan(folder):
    server = Server(folder)
    with Wire(server.address) as wire:
        wire.hello()
        found = wire.message(b"x\r\n")
    below = descendants(server.process.pid)
    check(below, "there is no role below the supervisor")
    server.process.kill()
    server.process.wait()
    poll(lambda: all(is_gone(pid) for pid in below), 10, "the roles to end with their supervisor")
    server.start()
    equal([m["id"] for m in server.inbox()], [found])


if __name__ == "__main__":
    tap.main()
