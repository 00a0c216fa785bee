#!/usr/bin/env python3
"""Requests and mail made to end the web role, to make it wait, or to make it change more than was
meant: the same process goes on, soon, and nothing is changed that was not asked for.
"""
# mostly waits
# takes: 25
# timeout: 300

import base64
import concurrent.futures
import os
import pathlib
import signal
import socket
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import tap
from letters import deliver, letter, settle
from server import Server
from tap import check, equal, poll, swift
from web import SECRET_HASH, Web

API = "/api/v1"


class House:
    """A server with letters, whose web role must be the same at the end."""

    def __init__(self, folder, *letters, options=()):
        self.server = Server(folder, *options, web="127.0.0.1:0")
        self.web = Web(self.server.web, seconds=30)
        if letters:
            deliver(self.server.address, *letters)
            settle(self.web, len(letters))
        self.role = self.server.role("web")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            equal(self.server.role("web"), self.role, "the process of the web role")

    def total(self):
        return self.web.get(f"{API}/messages?limit=1").expect(200).json["total"]

    def within(self, seconds, method, path, body=None, **more):
        """The answer, which must come within seconds."""
        answer = None

        def ask():
            nonlocal answer
            began = time.monotonic()
            answer = self.web.request(method, path, body, **more)
            return time.monotonic() - began
        swift(ask, seconds, f"{method} {path[:60]}")
        return answer


def quoted(query):
    return urllib.parse.quote(query)


NOTHING = [(";" + " ;" * 31 + " abc def ghi",), ("; " * 500,), ('"" ' * 100 + "x",), (" ".join(f"w{n}" for n in range(100)),),
           ("-; " * 40 + "end",), ("tag: from: " * 50,), ("subject:; " * 64,)]


@tap.table("words that say nothing, or too many: {}", NOTHING, timeout=60)
def many_terms(folder, query):
    with House(folder, letter("a")) as house:
        for path in (f"{API}/search?query=", "/?q=", "/api/postern/wait?timeout=1&query=", f"{API}/message/latest?query=", "/view/latest.txt?query="):
            status = house.web.get(path + quoted(query)).status
            check(status in (200, 400, 404, 408), f"{path}: {status}")


UNCLEAR = [(";",), ("before:nonsense",), ("after:2026-13-45",), ("larger:abc",), ("from:",), ('""',), ("-",), ("subject:a before:x",),
           (" ".join(["a"] * 33),)]


@tap.table("a search that cannot be read as a whole changes nothing: {}", UNCLEAR)
def unclear(folder, query):
    with House(folder, letter("a"), letter("b")) as house:
        answer = house.web.request("DELETE", f"{API}/search?query={quoted(query)}")
        if query != "-":  # a dash alone is a word
            equal(answer.status, 400, f"DELETE: {answer!r}")
            check(b"nothing was done" in answer.body, answer)
            equal(house.web.request("PUT", f"{API}/messages", {"Read": True, "Search": query}).status, 400, "PUT")
        equal(house.total(), 2, "messages left")
        equal(house.web.get(f"{API}/messages").json["unread"], 2, "unread")


@tap.case("a time zone is a name, and no path; a start beyond everything is an empty list")
def odd_parameters(folder):
    with House(folder, letter("a")) as house:
        for zone in ("../../../../etc/passwd", "/etc/passwd", ":/etc/passwd", "Asia/Tokyo", "%00"):
            house.web.get(f"{API}/search?query=after:2020-01-01&tz={quoted(zone)}").expect(200)
        check("CRITICAL" not in house.server.log.read_text(errors="replace"), "a library complains in the log")
        for path in (f"{API}/messages?start=", f"{API}/search?query=a&start=", "/?start="):
            house.web.get(path + str(2**64 - 1)).expect(200)


@tap.case("waiting for the mail role is no fault of the message that is opened", timeout=60)
def stopped_mail_role(folder):
    with House(folder, letter("a")) as house, concurrent.futures.ThreadPoolExecutor(1) as pool:
        mail = house.server.role()
        os.kill(mail, signal.SIGSTOP)
        try:
            opened = pool.submit(house.web.get, f"{API}/message/latest", seconds=50)
            time.sleep(6.5)  # longer than a message may take to be taken apart
            house.web.get("/livez").expect(200)
        finally:
            os.kill(mail, signal.SIGCONT)
        equal(opened.result().expect(200).json["Subject"], "a")
        check("broken_message" not in house.server.log.read_text(), "a good message is called broken")


def damage(path, offset, size):
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(b"\x5a" * size)


@tap.table("an index that was damaged {} is made anew, with every message", [("while it was closed",), ("in its tables",), ("while it is used",)], timeout=60)
def damaged_index(folder, when):
    house = House(folder, *(letter(f"n{i}", body=b"word " * 400 + b"\r\n") for i in range(30)))
    index = pathlib.Path(f"{folder}/postern.db.index")
    if when != "while it is used":
        house.server.stop()
    size = index.stat().st_size
    damage(index, 0 if when == "while it was closed" else 8192, 8192 if when == "while it was closed" else size - 8192)
    if when == "while it is used":
        damage(f"{index}-wal", 0, pathlib.Path(f"{index}-wal").stat().st_size)
    else:
        house.server.start()
    web = Web(house.server.web, seconds=10)

    def found():
        try:
            return web.get(f"{API}/search?query=word").json["messages_count"] == 30 and web.get(f"{API}/messages").json["count"] == 30
        except (tap.Failure, OSError, KeyError, ValueError):
            return False
    poll(found, 30, "all messages to be found again")


@tap.case("a header of 15 MB of quotes, and bodies of control characters, in pages and both APIs", timeout=120)
def blown_up(folder):
    header = b"".join(b"X-Q%d: " % i + (b"'" * 900 + b"\r\n ") * 70 + b"x\r\n" for i in range(240))
    many = b"Subject: controls\r\n\r\n" + (b"\x01" * 900 + b"\r\n") * 12000
    with House(folder) as house:
        for octets in (header + b"Subject: quotes\r\n\r\nx\r\n", many, many):
            deliver(house.server.address, ("a@x.test", ["b@x.test"], octets))
        settle(house.web, 3)
        listed = house.web.get(f"{API}/messages").expect(200).json["messages"]
        for identity in [m["ID"] for m in listed]:
            for path in ("/message/ID?view=headers", "/message/ID", f"{API}/message/ID", f"{API}/message/ID/headers", "/api/v1/messages/ID"):
                status = house.web.get(path.replace("ID", identity)).status
                check(status in (200, 404, 500), f"{path}: {status}")
        for path in ("/api/v2/messages", f"{API}/messages?limit=0"):
            answer = house.web.get(path)
            check(answer.status in (200, 500), answer)
            check(answer.status == 200 or b"larger than" in answer.body, answer)


@tap.case("150,000 links in a text, 20,000 ids in a form: answered within two seconds", timeout=60)
def squares(folder):
    links = b"Subject: links\r\n\r\n" + b"".join(b"http://a%d \r\n" % n for n in range(150000))
    with House(folder) as house:
        deliver(house.server.address, ("a@x.test", ["b@x.test"], links))
        settle(house.web, 1)
        equal(len(house.within(2, "GET", f"{API}/message/latest/link-check").expect(200).json["Links"]), 1000)
        answer = house.within(2, "POST", "/messages", b"action=none&" + b"id=x&" * 20000, headers={"Content-Type": "application/x-www-form-urlencoded"})
        equal(answer.status, 303)


@tap.case("many wrong passwords do not keep /livez waiting, nor those who are in", timeout=60)
def wrong_passwords(folder):
    users = folder / "users"
    users.write_text(f"ann:{SECRET_HASH}\n")
    users.chmod(0o600)
    with House(folder, options=("--web-user", users)) as house:
        good = {"Authorization": "Basic " + base64.b64encode(b"ann:secret").decode()}
        house.web.get(f"{API}/messages", headers=good).expect(200)
        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            tries = [pool.submit(house.web.get, f"{API}/messages", headers={"Authorization": "Basic " + base64.b64encode(b"ann:%d" % n).decode()})
                     for n in range(200)]
            house.within(2, "GET", "/livez").expect(200)
            house.within(2, "GET", f"{API}/messages", headers=good).expect(200)
            for one in tries:
                check(one.result().status in (401, 503), one.result())


@tap.case("two hundred bodies of 5 MB at once are held only as far as there is room; others are served", timeout=90)
def crowd(folder):
    with House(folder) as house:
        peers = []
        try:
            for _ in range(200):
                peer = socket.create_connection(house.web.address, timeout=5)
                peer.settimeout(2)
                peers.append(peer)
                try:
                    peer.sendall(b"POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4900000\r\n\r\n" + b"x" * 4_800_000)
                except OSError:
                    pass  # it reads no more of this one
            house.within(5, "GET", "/livez").expect(200)
        finally:
            for peer in peers:
                peer.close()
        poll(lambda: house.web.request("POST", "/messages", b"action=none").status == 303, 10, "bodies to be taken again")


if __name__ == "__main__":
    tap.main()
