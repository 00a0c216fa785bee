#!/usr/bin/env python3
"""test_api.py - Postern's own API, against the description it serves

Every address of the router is described, every described one is there, and what comes
back has the shape that is promised. Waiting, events and health are tried for real.
"""

import http.client
import json
import pathlib
import re
import smtplib
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
from server import ROOT, Server  # noqa: E402
from tap import before, case, check, main, poll  # noqa: E402

SUBJECT = "Hello from the API test"


class Web:
    """A server with its pages, a message, a session that failed and one that goes on."""

    def __init__(self, folder):
        self.server = Server(folder, "--web", "127.0.0.1:0")
        said = poll(lambda: re.search(r"web +http://127\.0\.0\.1:(\d+)/", self.server.said()), 10, "the pages")
        self.port = int(said.group(1))
        self.send(SUBJECT)
        self.fail()

    def smtp(self):
        address = [a for a in self.server.addresses if a[1] != self.port][0]
        return address

    def send(self, subject, to="bob@example.org"):
        with smtplib.SMTP(*self.smtp()) as client:
            client.sendmail("ann@example.org", [to], f"Subject: {subject}\r\nTo: {to}\r\n\r\nIt works.\r\n")

    def talk(self, *lines):
        """Say lines on a new connection, each after the reply to the one before."""
        connection = socket.create_connection(self.smtp(), 10)
        stream = connection.makefile("rwb")
        read_reply(stream)
        for line in lines:
            stream.write(line.encode() + b"\r\n")
            stream.flush()
            read_reply(stream)
        return connection, stream

    def fail(self):
        connection, stream = self.talk("EHLO laptop.example.org", "MAIL FROM:<ann@example.org>", "DATA", "QUIT")
        stream.close()
        connection.close()

    def ask(self, method, path, body=None, headers=None, timeout=30):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, answer.headers, data

    def json(self, path, status=200, method="GET", body=None, headers=None):
        found, fields, data = self.ask(method, path, body, headers)
        check(found == status, f"{path}: {found}, not {status}: {data[:200]!r}")
        check(fields["Content-Type"] == "application/json", f"{path}: {fields['Content-Type']}")
        return json.loads(data)


def read_reply(stream):
    while True:
        line = stream.readline()
        check(line, "the server closed the connection")
        if line[3:4] == b" ":
            return line


web = document = None


@before
def start(folder):
    global web, document
    web = Web(folder)
    document = web.json("/api/postern/openapi.json")


# ---- shapes

def wrong_with(value, schema, where="it"):
    """What in value is not as schema says; None: all is."""
    if "$ref" in schema:
        return wrong_with(value, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], where)
    if "oneOf" in schema:
        said = [wrong_with(value, one, where) for one in schema["oneOf"]]
        return None if None in said else said[0]
    if value is None:
        return None if schema.get("nullable") else f"{where} is null"
    kinds = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
    kind = schema.get("type")
    if kind and (not isinstance(value, kinds[kind]) or (kind == "integer" and isinstance(value, bool))):
        return f"{where} is {value!r}, no {kind}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{where} is {value!r}"
    if kind == "array" and "items" in schema:
        return next((w for n, item in enumerate(value)
                     if (w := wrong_with(item, schema["items"], f"{where}[{n}]"))), None)
    if kind == "object":
        known = schema.get("properties", {})
        missing = [k for k in schema.get("required", []) if k not in value]
        extra = [k for k in value if k not in known] if schema.get("additionalProperties") is False else []
        if missing or extra:
            return f"{where}: missing {missing}, not described {extra}"
        return next((w for k, v in value.items() if k in known and (w := wrong_with(v, known[k], f"{where}.{k}"))),
                    None)
    return None


def has_shape(path, described, status=200, **more):
    value = web.json(path, status, **more)
    operation = document["paths"][described][more.get("method", "GET").lower()]
    schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
    wrong = wrong_with(value, schema)
    check(wrong is None, f"{path}: {wrong}")
    return value


@case("every address is described")
def every_address_is_described():
    source = (ROOT / "src/web/routes.c").read_text()
    routes = set()
    for methods, pattern in re.findall(r'\{(HTTP_[A-Z_| ]+), "([^"]+)"', source):
        if pattern.endswith("**") or not re.match(r"/(api|view|metrics|livez|readyz)", pattern):
            continue
        for method in re.findall(r"HTTP_([A-Z]+)", methods):
            routes.add((method.lower(), pattern))
    said = set()
    for path, operations in document["paths"].items():
        for method in operations:
            said.add((method, re.sub(r"\{\w+\}", "*", path)))
    off = {(m, p) for m, p in routes if p == "/api/v2/jim" and m != "get"}
    check(routes - off == said, f"not described: {routes - off - said}; not there: {said - routes}")


@case("objects have the shapes that are described")
def objects_have_the_shapes_that_are_described():
    def both():
        found = has_shape("/api/postern/sessions", "/api/postern/sessions")["sessions"]
        return len(found) == 2 and found
    sessions = poll(both, 5, "both sessions")
    whole = has_shape(f"/api/postern/sessions/{sessions[0]['id']}", "/api/postern/sessions/{id}")
    check(whole["explain"]["cause"] == "data-without-valid-rcpt", whole["explain"]["cause"])
    check(any(line["code"] == 503 for line in whole["lines"]), "no 503 among the lines")
    has_shape("/api/postern/codes", "/api/postern/codes")
    has_shape("/api/postern/codes/503", "/api/postern/codes/{code}")
    has_shape("/api/postern/codes/5.7.1?lang=ja", "/api/postern/codes/{code}")
    has_shape("/api/postern/compare/250/503", "/api/postern/compare/{a}/{b}")
    has_shape("/api/postern/stats", "/api/postern/stats")
    has_shape("/api/v1/messages", "/api/v1/messages")
    has_shape("/api/v1/message/latest", "/api/v1/message/{id}")
    has_shape("/api/v1/message/latest/link-check", "/api/v1/message/{id}/link-check")
    has_shape("/api/v2/messages", "/api/v2/messages")


@case("what is not there is said in the described way")
def what_is_not_there_is_said_in_the_described_way():
    has_shape("/api/postern/sessions/01M8ABM5MPF4QRHJB5ZRY9AMCQ", "/api/postern/sessions/{id}", 404)
    has_shape("/api/postern/sessions/nonsense", "/api/postern/sessions/{id}", 404)
    has_shape("/api/postern/sessions?before=nonsense", "/api/postern/sessions", 400)
    has_shape("/api/postern/codes/999", "/api/postern/codes/{code}", 404)
    has_shape("/api/postern/compare/250/999", "/api/postern/compare/{a}/{b}", 404)
    has_shape("/api/postern/compare/250/5.7.1", "/api/postern/compare/{a}/{b}", 400)
    has_shape("/api/postern/explain", "/api/postern/explain", 400, method="POST", body="{}",
              headers={"Content-Type": "application/json"})


# ---- sessions

@case("sessions are filtered")
def sessions_are_filtered():
    def list_of(query):
        return web.json(f"/api/postern/sessions?{query}")["sessions"]
    poll(lambda: len(list_of("limit=50")) == 2, 5, "both sessions")
    check([s["faults"] for s in list_of("faults=1")] == [1], "faults")
    check([s["faults"] for s in list_of("code=503")] == [1], "code=503")
    check(list_of("code=421") == [], "code=421")
    check([s["hello"] for s in list_of("client=laptop")] == ["laptop.example.org"], "hello name")
    check(len(list_of("client=127.0.0.1")) == 2 and list_of("client=10.9.8.7") == [], "address")
    newest = list_of("limit=1")
    check(len(newest) == 1 and len(list_of("before=" + newest[0]["id"])) == 1, "before")


@case("a session that goes on is there with all its lines")
def a_session_that_goes_on_is_there_with_all_its_lines():
    connection, stream = web.talk("EHLO open.example.org", "MAIL FROM:<a@example.org>", "DATA")
    opened = poll(lambda: web.json("/api/postern/sessions?open=1")["sessions"], 5, "the open session")[0]
    check(opened["outcome"] == "open" and opened["ended_at"] is None, opened)
    whole = poll(lambda: (s := web.json(f"/api/postern/sessions/{opened['id']}"))["faults"] == 1 and s, 5, "the fault")
    check([line["n"] for line in whole["lines"]] == list(range(1, len(whole["lines"]) + 1)), "numbers of the lines")
    check(whole["lines"][0]["code"] == 220 and whole["lines"][-1]["code"] == 503, "first and last line")
    stream.write(b"QUIT\r\n")
    stream.flush()
    read_reply(stream)
    connection.close()
    ended = poll(lambda: (s := web.json(f"/api/postern/sessions/{opened['id']}"))["outcome"] == "quit" and s, 5, "QUIT")
    check([line["n"] for line in ended["lines"]] == list(range(1, len(ended["lines"]) + 1)), "numbers at the end")
    check(len({line["n"] for line in ended["lines"]}) == len(ended["lines"]) > len(whole["lines"]), "lines at the end")


@case("a paste is diagnosed as text and as json")
def a_paste_is_diagnosed_as_text_and_as_json():
    paste = "S: 220 x\nC: MAIL FROM:<a@x.test>\nS: 503 5.5.1 Error: send HELO/EHLO first\n"
    as_text = has_shape("/api/postern/explain", "/api/postern/explain", method="POST", body=paste,
                        headers={"Content-Type": "text/plain"})
    as_json = has_shape("/api/postern/explain", "/api/postern/explain", method="POST",
                        body=json.dumps({"text": paste}), headers={"Content-Type": "application/json"})
    check(as_text == as_json and as_text["step"].endswith(":EHLO"), as_text)
    japanese = web.json("/api/postern/explain?lang=ja", method="POST", body=paste)
    check(re.search(r"[ぁ-ん]", japanese["summary"]), japanese["summary"])


# ---- waiting

@case("wait returns as soon as the message is there")
def wait_returns_as_soon_as_the_message_is_there():
    found = {}

    def wait():
        found["answer"] = web.ask("GET", "/api/postern/wait?query=subject:awaited&timeout=20")
        found["at"] = time.monotonic()
    thread = threading.Thread(target=wait)
    thread.start()
    poll(lambda: web.json("/api/postern/stats")["requests"] > 0, 5, "the request")
    web.send("This one is awaited")
    sent = time.monotonic()
    thread.join(25)
    check(found["answer"][0] == 200, found)
    check(json.loads(found["answer"][2])["message"]["Subject"] == "This one is awaited", found)
    check(found["at"] - sent < 2, f"{found['at'] - sent:.2f} s after it was sent")


@case("wait says when the time is over")
def wait_says_when_the_time_is_over():
    began = time.monotonic()
    has_shape("/api/postern/wait?query=subject:never&timeout=1", "/api/postern/wait", 408)
    check(0.9 < time.monotonic() - began < 5, f"{time.monotonic() - began:.2f} s")


# ---- events

class Events:
    """A listener: events as (name, data)."""

    def __init__(self, query=""):
        self.connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=20)
        self.connection.request("GET", "/api/postern/events" + query)
        self.answer = self.connection.getresponse()
        check(self.answer.status == 200 and self.answer.headers["Content-Type"] == "text/event-stream",
              f"{self.answer.status} {self.answer.headers['Content-Type']}")
        self.answer.readline()  # the first comment: the listener is known

    def next(self):
        name = data = None
        while True:
            line = self.answer.readline().decode().rstrip("\n")
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                data = json.loads(line[6:])
            elif line == "" and name:
                return name, data


@case("events tell of messages and sessions")
def events_tell_of_messages_and_sessions():
    events = Events("?topics=inbox,sessions,lines")
    web.send("An event")
    seen = {}
    while not {"inbox", "session", "lines"} <= set(seen):
        name, data = events.next()
        seen.setdefault(name, []).append(data)
    wrong = wrong_with(seen["session"][-1], {"$ref": "#/components/schemas/Session"})
    check(wrong is None, wrong)
    wrong = wrong_with(seen["lines"][0]["lines"][0], {"$ref": "#/components/schemas/Line"})
    check(wrong is None, wrong)
    events.connection.close()


@case("events of one session only")
def events_of_one_session_only():
    connection, stream = web.talk("EHLO one.example.org")
    opened = poll(lambda: web.json("/api/postern/sessions?open=1&client=one.example")["sessions"], 5, "the session")[0]
    events = Events(f"?topics=lines&session={opened['id']}")
    web.send("Of another session")
    stream.write(b"RCPT TO:<x@example.org>\r\n")
    stream.flush()
    read_reply(stream)
    name, data = events.next()
    check(name == "lines" and data["session"] == opened["id"], data)
    check(any(line["code"] == 503 for line in data["lines"]), data)
    events.connection.close()
    connection.close()


@case("events want a good id")
def events_want_a_good_id():
    status, _, _ = web.ask("GET", "/api/postern/events?session=nonsense")
    check(status == 400, status)


# ---- health

@case("metrics are in the format of prometheus")
def metrics_are_in_the_format_of_prometheus():
    status, fields, data = web.ask("GET", "/metrics")
    check(status == 200 and fields["Content-Type"].startswith("text/plain"), fields["Content-Type"])
    values = {}
    for line in data.decode().splitlines():
        check(re.fullmatch(r"# TYPE postern_[a-z0-9_]+ (gauge|counter)|postern_[a-z0-9_]+ -?\d+", line), line)
        if not line.startswith("#"):
            name, _, number = line.partition(" ")
            check(name not in values, f"{name} twice")
            values[name] = int(number)
    check(values["postern_stored_messages"] >= 1 and values["postern_smtp_messages_total"] >= 1, values)


@case("live and ready")
def live_and_ready():
    check(web.ask("GET", "/livez")[0] == 200, "livez")
    check(web.ask("GET", "/readyz")[0] == 200, "readyz")


@case("the exact octets of a message")
def the_exact_octets_of_a_message():
    latest = web.json("/api/v1/messages")["messages"][0]["ID"]
    status, _, data = web.ask("GET", f"/api/postern/message/{latest}/raw")
    check(status == 200 and data == web.server.raw(latest), "octets differ from those of the store")


if __name__ == "__main__":
    main()
