#!/usr/bin/env python3
"""The used part of MailHog's HTTP API, as its two npm clients and other scripts call it."""

import pathlib
import re
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import tap
from letters import HTML, INVOICE, LETTERS, PLAIN, deliver, letter, settle
from server import Server
from tap import check, equal
from web import Some, TEXT, Web, WHOLE, match

MOMENT = Some(str, test=lambda s: re.match(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$", s), words="a time")
PATH = {"Relays": Some(list, type(None)), "Mailbox": TEXT, "Domain": TEXT, "Params": TEXT}
HEADERS = Some(dict, test=lambda d: all(type(v) is list and v and all(type(x) is str for x in v) for v in d.values()),
               words="an object of arrays of strings")
PART = {"Headers": HEADERS, "Body": TEXT, "Size": WHOLE, "MIME": Some(dict, type(None))}
MESSAGE = {"ID": Some(str, test=len), "From": PATH, "To": [PATH], "Content": PART, "Created": MOMENT,
           "MIME": Some(dict, type(None)), "Raw": {"From": TEXT, "To": [TEXT], "Data": TEXT, "Helo": TEXT}}
LIST = {"total": WHOLE, "count": WHOLE, "start": WHOLE, "items": [MESSAGE]}

shared = None


@tap.before
def fill(folder):
    global shared
    server = Server(folder, web="127.0.0.1:0")
    deliver(server.address, *LETTERS.values())
    shared = Web(server.web)
    settle(shared, len(LETTERS))


def start(folder, *letters):
    server = Server(folder, web="127.0.0.1:0")
    web = Web(server.web)
    if letters:
        deliver(server.address, *letters)
        settle(web, len(letters))
    return server, web


def subject(item):
    return item["Content"]["Headers"].get("Subject", [""])[0]


def by_subject(web, words):
    return next(item for item in web.get("/api/v2/messages").json["items"] if subject(item) == words)


def address(path):
    return f"{path['Mailbox']}@{path['Domain']}"


@tap.case("GET /api/v2/messages: the whole envelope and every message have exactly MailHog's keys; newest first")
def listed():
    found = shared.get("/api/v2/messages").expect(200).json
    match(found, LIST)
    equal((found["total"], found["count"], found["start"], len(found["items"])), (8, 8, 0, 8))
    equal((subject(found["items"][0]), subject(found["items"][-1])), ("Big one", "Plain report"))


@tap.case("an empty box: items is [], not null")
def empty(folder):
    _, web = start(folder)
    match(web.get("/api/v2/messages").expect(200).json, {"total": 0, "count": 0, "start": 0, "items": ()})
    match(web.get("/api/v2/search?kind=containing&query=x").expect(200).json, {"total": 0, "count": 0, "start": 0, "items": ()})


@tap.case("a message is told by its envelope: From, To with mailbox and domain, Raw with the greeting's name and the data")
def envelope():
    plain = by_subject(shared, "Plain report")
    equal((plain["From"]["Mailbox"], plain["From"]["Domain"]), ("ann", "app.test"))
    equal([address(path) for path in plain["To"]], ["bob@x.test", "jane@x.test", "carol@x.test"])
    raw = plain["Raw"]
    equal((raw["From"], raw["To"]), ("ann@app.test", ["bob@x.test", "jane@x.test", "carol@x.test"]))
    equal(raw["Helo"], "c.example")
    check(raw["Data"].endswith(PLAIN.decode().partition("\r\n\r\n")[2]), raw["Data"])
    hidden = by_subject(shared, "For more than it says")
    equal([address(path) for path in hidden["To"]], ["bob@x.test", "blind@y.test"])


@tap.case("the content is headers as arrays, and the body as it came; the name of a header keeps its letters or Go's form")
def content():
    plain = by_subject(shared, "Plain report")["Content"]
    equal(plain["Headers"]["Subject"], ["Plain report"])
    equal(plain["Headers"]["X-Color"], ["blue", "green"])
    check("Message-ID" in plain["Headers"] or "Message-Id" in plain["Headers"], sorted(plain["Headers"]))
    equal(plain["Body"].replace("\r\n", "\n").rstrip("\n"), PLAIN.decode().partition("\r\n\r\n")[2].replace("\r\n", "\n").rstrip("\n"))


@tap.case("MIME is null for a plain letter; for a multipart it has the parts, encoded as they came")
def parts():
    equal(by_subject(shared, "Plain report")["MIME"], None)
    invoice = by_subject(shared, "Invoice 4711")
    match(invoice["MIME"], {"Parts": [PART]})
    csv = next(p for p in invoice["MIME"]["Parts"] if "report.csv" in str(p["Headers"].get("Content-Disposition")))
    equal(csv["Headers"]["Content-Type"], ["text/csv"])
    equal(csv["Body"].strip(), "YSxiDQoxLDINCg==", "the body is still base64")


PAGES = [("", 8, 0), ("?limit=3", 3, 0), ("?start=2&limit=3", 3, 2), ("?start=6", 2, 6), ("?start=99", 0, 99), ("?limit=9999", 8, 0),
         ("?limit=x", 8, 0), ("?start=x", 8, 0)]


@tap.table("GET /api/v2/messages{}: {} messages, start {}", PAGES)
def pages(query, count, first):
    found = shared.get(f"/api/v2/messages{query}").expect(200).json
    match(found, LIST)
    equal((found["total"], found["count"], len(found["items"]), found["start"]), (8, count, count, first))


@tap.case("the limit is 50 when none is given, and never more than 250", timeout=60)
def limits(folder):
    _, web = start(folder, *[letter(f"m{i}") for i in range(260)])
    for query, count in (("", 50), ("?limit=250", 250), ("?limit=260", 250), ("?limit=1", 1)):
        found = web.get(f"/api/v2/messages{query}").json
        equal((found["total"], found["count"], len(found["items"])), (260, count, count), query)


SEARCHES = [("from", "ann@app.test", ["A named file", "For more than it says", "Plain report"]), ("from", "ann", ["A named file", "For more than it says", "Plain report"]),
            ("to", "jane@x.test", ["Plain report"]), ("to", "blind@y.test", ["For more than it says"]), ("to", "nobody", []),
            ("containing", "quick brown fox", ["Plain report"]), ("containing", "FOX", ["Plain report"]), ("containing", "no such words", []),
            ("containing", "Invoice 4711", ["Invoice 4711"])]


@tap.table("GET /api/v2/search kind={} query={}", SEARCHES)
def searches(kind, query, wanted):
    found = shared.get(f"/api/v2/search?kind={kind}&query={urllib.parse.quote(query)}").expect(200).json
    match(found, LIST)
    equal([subject(item) for item in found["items"]], wanted)
    equal((found["total"], found["count"], found["start"]), (len(wanted), len(wanted), 0))


@tap.case("a search has pages too")
def search_pages():
    found = shared.get("/api/v2/search?kind=to&query=bob&start=1&limit=2").expect(200).json
    equal((found["total"], found["count"], found["start"], len(found["items"])), (7, 2, 1, 2))


@tap.table("400 for a search {}", [("without kind", "query=x"), ("of an unknown kind", "kind=subject&query=x"), ("without query", "kind=from"),
                                   ("with an empty query", "kind=from&query="), ("of nothing", "")])
def bad_search(what, query):
    shared.get(f"/api/v2/search?{query}").expect(400)


@tap.case("GET /api/v1/messages/ID gives the same message as the list; an unknown one is 404")
def one():
    for item in shared.get("/api/v2/messages").json["items"]:
        equal(shared.get(f"/api/v1/messages/{urllib.parse.quote(item['ID'], safe='')}").expect(200).json, item)
    shared.get("/api/v1/messages/nothing@mailhog.example").expect(404)


@tap.case("downloads: the message, and a part of it, as attachments")
def downloads():
    item = by_subject(shared, "Invoice 4711")
    path = f"/api/v1/messages/{urllib.parse.quote(item['ID'], safe='')}"
    whole = shared.get(f"{path}/download").expect(200)
    check(whole.body.endswith(INVOICE.partition(b"\r\n\r\n")[2]), whole)
    check("attachment" in (whole.headers.get("Content-Disposition") or ""), whole.headers.as_string())
    number = next(i for i, p in enumerate(item["MIME"]["Parts"]) if "report.csv" in str(p["Headers"]))
    part = shared.get(f"{path}/mime/part/{number}/download").expect(200)
    check(b"a,b" in part.body or b"YSxi" in part.body, part)
    check(not HTML.encode() in part.body)
    shared.get(f"{path}/mime/part/99/download").expect(404)


@tap.case("DELETE /api/v1/messages/ID deletes that one, DELETE /api/v1/messages all; both are 200")
def delete(folder):
    _, web = start(folder, letter("a"), letter("b"), letter("c"))
    item = by_subject(web, "b")
    web.delete(f"/api/v1/messages/{urllib.parse.quote(item['ID'], safe='')}").expect(200)
    equal([subject(i) for i in web.get("/api/v2/messages").json["items"]], ["c", "a"])
    check(web.delete("/api/v1/messages/nothing@mailhog.example").status in (200, 404))
    equal(web.get("/api/v2/messages").json["total"], 2)
    web.delete("/api/v1/messages").expect(200)
    equal(web.get("/api/v2/messages").json["items"], [])


@tap.case("jim is 404 while it is off, for every method")
def jim():
    for method in ("GET", "POST", "PUT", "DELETE"):
        shared.request(method, "/api/v2/jim", b"{}" if method in ("POST", "PUT") else None).expect(404)


@tap.case("a release to a server of one's choice is refused while there is no relay, and connects nowhere")
def release():
    item = by_subject(shared, "Plain report")
    body = {"Host": "127.0.0.1", "Port": "9", "Email": "x@y.test"}
    answer = shared.post(f"/api/v1/messages/{urllib.parse.quote(item['ID'], safe='')}/release", body)
    check(400 <= answer.status < 600, answer)


@tap.case("GET /api/v1/messages is Mailpit's, whose shape wins where the two collide")
def collision():
    check("messages_count" in shared.get("/api/v1/messages").expect(200).json)


if __name__ == "__main__":
    tap.main()
