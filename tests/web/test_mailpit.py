#!/usr/bin/env python3
"""The HTTP API of Mailpit: every operation, whole objects, every error, events.

What the cases compare is the contract other people's clients were written against: exact keys, exact
types, [] and never null, status 200 and no other. Where the contract leaves something open the
sentence says so, and the case takes every answer that is left open.
"""
# takes: 35
# timeout: 600

import base64
import datetime
import json
import pathlib
import re
import struct
import sys
import time
import urllib.parse
import zoneinfo

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import tap
from letters import (HTML, JAPANESE_SUBJECT, JAPANESE_TEXT, LETTERS, NAMED_NAME, PICTURE, PLAIN, REPORT, attachment,
                     deliver, ids_by_key, letter, settle)
from server import Server
from tap import check, equal
from web import NUMBER, SECRET_HASH, Some, TEXT, Web, WHOLE, YES_NO, match
from websocket import WebSocket
from wire import Wire

API = "/api/v1"
WHEN = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"
MOMENT = Some(str, test=lambda s: re.match(WHEN, s), words="a time of RFC 3339")
ID = Some(str, test=lambda s: re.match(r"^[0-9A-Za-z]{22,26}$", s), words="an ID of letters and digits")
ADDRESS = {"Name": TEXT, "Address": TEXT}
HEX = {size: Some(str, test=re.compile(f"^[0-9a-f]{{{size}}}$").match, words=f"{size} lower-case hex") for size in (32, 40, 64)}
ATTACHMENT = {"PartID": TEXT, "FileName": TEXT, "ContentType": TEXT, "ContentID": TEXT, "Size": WHOLE,
              "Checksums": {"MD5": HEX[32], "SHA1": HEX[40], "SHA256": HEX[64]}}
SUMMARY = {"ID": ID, "MessageID": TEXT, "Read": YES_NO, "From": ADDRESS, "To": [ADDRESS], "Cc": [ADDRESS],
           "Bcc": [ADDRESS], "ReplyTo": [ADDRESS], "Subject": TEXT, "Created": MOMENT, "Username": TEXT,
           "Tags": [TEXT], "Size": WHOLE, "Attachments": WHOLE,
           "Snippet": Some(str, test=lambda s: len(s) <= 250, words="at most 250 characters")}
LIST = {"total": WHOLE, "unread": WHOLE, "count": WHOLE, "messages_count": WHOLE, "messages_unread": WHOLE,
        "start": WHOLE, "tags": [TEXT], "messages": [SUMMARY]}
UNSUBSCRIBE = {"Header": TEXT, "Links": [TEXT], "Errors": TEXT, "HeaderPost": TEXT}
MESSAGE = {"ID": ID, "MessageID": TEXT, "From": ADDRESS, "To": [ADDRESS], "Cc": [ADDRESS], "Bcc": [ADDRESS],
           "ReplyTo": [ADDRESS], "ReturnPath": TEXT, "Subject": TEXT, "ListUnsubscribe": UNSUBSCRIBE, "Date": MOMENT,
           "Tags": [TEXT], "Username": TEXT, "Text": TEXT, "HTML": TEXT, "Size": WHOLE, "Inline": [ATTACHMENT],
           "Attachments": [ATTACHMENT]}
INFO = {"Version": TEXT, "LatestVersion": TEXT, "Database": TEXT, "DatabaseSize": WHOLE, "Messages": WHOLE,
        "Unread": WHOLE, "Tags": Some(dict),
        "RuntimeStats": {"Uptime": WHOLE, "Memory": WHOLE, "MessagesDeleted": WHOLE, "SMTPAccepted": WHOLE,
                         "SMTPAcceptedSize": WHOLE, "SMTPRejected": WHOLE, "SMTPIgnored": WHOLE}}
WEBUI = {"Label": TEXT,
         "MessageRelay": {"Enabled": YES_NO, "SMTPServer": TEXT, "ReturnPath": TEXT, "AllowedRecipients": TEXT,
                          "BlockedRecipients": TEXT, "OverrideFrom": TEXT, "PreserveMessageIDs": YES_NO,
                          "RecipientAllowlist": TEXT},
         "SpamAssassin": YES_NO, "ChaosEnabled": YES_NO, "DuplicatesIgnored": YES_NO, "HideDeleteAllButton": YES_NO}
STATS = {"Type": "stats", "Data": {"Total": WHOLE, "Unread": WHOLE, "Version": TEXT}}
NOBODY = {"Name": "", "Address": ""}
UNKNOWN = "0000000000000000000000"

# Two servers with LETTERS in them, and the IDs there by key; cases that change anything but read states start their own.
shared = still = None  # messages of shared are read by the cases; those of still never are
keys = still_keys = {}


@tap.before
def fill(folder):
    global shared, still, keys, still_keys
    servers = []
    for name in ("shared", "still"):
        (folder / name).mkdir()
        servers.append(Server(folder / name, web="127.0.0.1:0"))
        deliver(servers[-1].address, *LETTERS.values())
        settle(Web(servers[-1].web), len(LETTERS))
    shared, still = (Web(server.web) for server in servers)
    keys, still_keys = ids_by_key(shared), ids_by_key(still)
    for web, ids in ((shared, keys), (still, still_keys)):
        equal(set(ids), set(LETTERS), "the keys of what was sent, as the list tells them")
        web.ok("PUT", f"{API}/tags", {"IDs": [ids["invoice"], ids["plain"]], "Tags": ["Paper work"]})
        web.ok("PUT", f"{API}/tags", {"IDs": [ids["japanese"]], "Tags": ["jp", "v1.0"]})
        web.ok("PUT", f"{API}/messages", {"IDs": [ids["html"], ids["bare"]], "Read": True})


def start(folder, *letters, options=(), headers=None):
    """A server of the case's own: (server, web)."""
    server = Server(folder, *options, web="127.0.0.1:0")
    web = Web(server.web, headers)
    if letters:
        deliver(server.address, *letters)
        settle(web, len(letters))
    return server, web


def three(folder):
    server, web = start(folder, letter("a"), letter("b"), letter("c"))
    return server, web, ids_by_key(web)


def read_state(web):
    return {m["Subject"]: m["Read"] for m in web.get(f"{API}/messages").expect(200).json["messages"]}


def subjects(answer):
    return [m["Subject"] for m in answer.expect(200, "application/json").json["messages"]]


def search(web, query, more=""):
    return web.get(f"{API}/search?query={urllib.parse.quote(query)}{more}")


def known(answer):
    """The keys of the messages of a list."""
    names = {value: key for key, value in still_keys.items()}
    return {names[m["ID"]] for m in answer.expect(200, "application/json").json["messages"]}


def address(name, mailbox):
    return {"Name": name, "Address": mailbox}


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def lines(text):
    """A text's lines: how they end is left open."""
    return text.replace("\r\n", "\n").rstrip("\n").split("\n")


# ---- lists

@tap.case("GET /messages: the whole envelope and every summary have exactly the keys and types that clients compare")
def list_shape():
    found = still.get(f"{API}/messages").expect(200, "application/json").json
    match(found, LIST)
    equal({k: found[k] for k in ("total", "unread", "count", "messages_count", "messages_unread", "start")},
          {"total": 8, "unread": 6, "count": 8, "messages_count": 8, "messages_unread": 6, "start": 0})
    equal(sorted(found["tags"]), ["Paper work", "jp", "v1.0"])


@tap.case("an empty box: every number is 0 and every array is [], not null")
def empty_box(folder):
    _, web = start(folder)
    match(web.get(f"{API}/messages").expect(200).json,
          {"total": 0, "unread": 0, "count": 0, "messages_count": 0, "messages_unread": 0, "start": 0,
           "tags": (), "messages": ()})
    match(web.get(f"{API}/tags").expect(200, "application/json").json, ())


@tap.case("a summary tells what the letter says: names, addresses, subject, time, size, snippet")
def summary_values():
    found = {m["ID"]: m for m in still.get(f"{API}/messages").json["messages"]}
    plain = found[still_keys["plain"]]
    for key, value in {"MessageID": "plain@app.test", "Read": False, "From": address("Ann Smith", "ann@app.test"),
                       "To": [address("Bob", "bob@x.test"), address("Doe, Jane", "jane@x.test")],
                       "Cc": [address("", "carol@x.test")], "Bcc": [], "ReplyTo": [address("Help Desk", "help@app.test")],
                       "Subject": "Plain report", "Username": "", "Tags": ["Paper work"], "Attachments": 0}.items():
        equal(plain[key], value, key)
    check(plain["Snippet"].startswith("The quick brown fox jumps over 100% of the lazy dogs."), plain["Snippet"])
    age = datetime.datetime.now(datetime.timezone.utc) - instant(plain["Created"])
    check(-1 < age.total_seconds() < 600, f"Created is the time it was received, not {plain['Created']}")
    check("." in plain["Created"], f"Created has a fraction: {plain['Created']}")
    equal(found[still_keys["invoice"]]["Attachments"], 1, "attachments; an inline picture is none")
    equal(found[still_keys["named"]]["Attachments"], 1, "attachments")


@tap.case("encoded headers and bodies are decoded: ISO-2022-JP and UTF-8 names, a Shift_JIS page")
def decoded():
    found = {m["ID"]: m for m in still.get(f"{API}/messages").json["messages"]}
    japanese = found[still_keys["japanese"]]
    equal((japanese["Subject"], japanese["From"], japanese["To"]),
          (JAPANESE_SUBJECT, address("山田太郎", "yamada@example.jp"), [address("鈴木花子", "suzuki@example.jp")]))
    check(japanese["Snippet"].startswith(JAPANESE_TEXT[:20]), japanese["Snippet"])
    snippet = found[still_keys["html"]]["Snippet"]
    check("Hello shopper, 東京" in snippet and "<" not in snippet and "hiddenattribute" not in snippet, snippet)


@tap.case("a letter without any header: empty From object, empty arrays, a Message-ID that was made up")
def bare_summary():
    found = still.get(f"{API}/messages").json["messages"]
    bare = next(m for m in found if m["ID"] == still_keys["bare"])
    equal((bare["From"], bare["To"], bare["Cc"], bare["ReplyTo"], bare["Subject"]), (NOBODY, [], [], [], ""))
    check(re.match(r"^[^\s<>@]+@[^\s<>@]+$", bare["MessageID"]), bare["MessageID"])
    equal(bare["Bcc"], [address("", "bob@x.test")], "the recipient in no header is in Bcc")


@tap.case("a recipient of the envelope who is in no header stands in Bcc")
def hidden_recipient():
    for found in (next(m for m in shared.get(f"{API}/messages").json["messages"] if m["ID"] == keys["hidden"]),
                  shared.get(f"{API}/message/{keys['hidden']}").json):
        equal((found["To"], found["Bcc"]), ([address("", "bob@x.test")], [address("", "blind@y.test")]))


@tap.case("a list is newest first, and a message is in it as soon as its 250 has come")
def newest_first(folder):
    server, web = start(folder)
    with Wire(server.address) as wire:
        wire.hello()
        for i in range(10):
            sender, to, octets = letter(f"n{i}")
            wire.message(octets, sender, to)
            equal(subjects(web.get(f"{API}/messages?limit=1")), [f"n{i}"], "the newest")
            equal(search(web, f"subject:n{i}").json["messages_count"], 1, "the search")
    equal(subjects(web.get(f"{API}/messages")), [f"n{i}" for i in range(9, -1, -1)])


@tap.case("lists and searches show every letter as soon as the last 250 of many has come")
def burst(folder):
    server, web = start(folder)
    for round in range(1, 4):
        deliver(server.address, *[letter(f"b{round}-{i}") for i in range(200)])
        equal(web.get(f"{API}/messages?limit=1").json["total"], 200 * round, "the list")
        equal(search(web, f"subject:b{round}-", "&limit=1").json["messages_count"], 200, "the search")


PAGES = [("", 8, 0), ("?limit=3", 3, 0), ("?start=2&limit=3", 3, 2), ("?start=6", 2, 6), ("?start=8", 0, 8),
         ("?start=99", 0, 99), ("?limit=0", 8, 0), ("?limit=-5", 8, 0), ("?limit=x", 8, 0), ("?limit=", 8, 0),
         ("?start=-3", 8, 0), ("?start=x", 8, 0), ("?start=0&limit=50", 8, 0), ("?unknown=1&start=7", 1, 7)]


@tap.table("GET /messages{}: {} messages, start {}", PAGES)
def pages(query, count, first):
    found = still.get(f"{API}/messages{query}").expect(200).json
    match(found, LIST)
    equal((found["count"], len(found["messages"]), found["start"], found["total"], found["messages_count"]),
          (count, count, first, 8, 8))
    everything = [m["ID"] for m in still.get(f"{API}/messages").json["messages"]]
    equal([m["ID"] for m in found["messages"]], everything[first:first + count])


@tap.case("GET /messages gives 50 when nothing else is asked for, and limit=0 gives all")
def fifty(folder):
    _, web = start(folder, *[letter(f"m{i}") for i in range(60)])
    found = web.get(f"{API}/messages").json
    equal((found["count"], found["messages_count"], found["total"], len(found["messages"])), (50, 60, 60, 50))
    equal(web.get(f"{API}/messages?limit=0").json["count"], 60)
    equal(search(web, "subject:m").json["count"], 50)
    equal(subjects(web.get(f"{API}/messages?start=50")), [f"m{i}" for i in range(9, -1, -1)])
    equal(subjects(search(web, "subject:m", "&start=58&limit=10")), ["m1", "m0"])


@tap.case("before= gives older messages only; the form of the date is left open, RFC 3339 and a plain date are tried")
def before_parameter():
    now = datetime.datetime.now(datetime.timezone.utc)
    for day, count in ((now - datetime.timedelta(days=2), 0), (now + datetime.timedelta(days=2), 8)):
        for text in (day.strftime("%Y-%m-%dT%H:%M:%SZ"), day.strftime("%Y-%m-%d")):
            equal(len(still.get(f"{API}/messages?before={text}").json["messages"]), count, f"before={text}")
            equal(len(search(still, "from:test", f"&before={text}").json["messages"]), count and 6, f"search before={text}")


# ---- search

ALL = set(LETTERS)
SEARCHES = [
    # words: where they are looked for
    ("fox", {"plain"}), ("FOX", {"plain"}), ("uick bro", {"plain"}), ("quick lazy", {"plain"}),
    ("quick invoice", set()), ('"quick brown fox"', {"plain"}), ('"brown quick"', set()),
    ("Ann Smith", {"plain"}), ('"ann smith"', {"plain"}), ("billing@app", {"invoice"}), ("carol@x.test", {"plain"}),
    ("blind@y.test", {"hidden"}), ("help@app.test", {"plain"}), ("bounce@app.test", {"invoice"}),
    ("report.csv", {"invoice"}), ("4711", {"invoice"}), ("total: 12 euro", {"invoice"}), ("shopper", {"html"}),
    ("hiddenattribute", set()), ("nowhere-at-all", set()), ("100%", {"plain"}), ("10%", set()), ("f_x", set()),
    # Japanese
    ("注文", {"japanese"}), ("品川区", {"japanese"}), ('"注文の確認"', {"japanese"}), ("山田", {"japanese"}),
    ("subject:確認", {"japanese"}), ("from:山田太郎", {"japanese"}), ("to:鈴木", {"japanese"}), ("東京", {"html"}),
    ("注文 品川区", {"japanese"}), ("注文 東京", set()), ("見積", {"named"}), ("-注文 from:yamada", set()),
    # fields
    ("from:ann@app.test", {"plain", "hidden", "named"}), ("FROM:ANN", {"plain", "hidden", "named"}),
    ('from:"Ann Smith"', {"plain"}), ('"from:Ann Smith"', {"plain"}), ("to:jane", {"plain"}), ("to:carol", set()),
    ("cc:carol", {"plain"}), ("bcc:blind", {"hidden"}), ("reply-to:help", {"plain"}), ("to:blind", set()),
    ("addressed:carol", {"plain"}), ("addressed:blind", {"hidden"}), ("addressed:help@", {"plain"}),
    ("addressed:billing", {"invoice"}), ("addressed:jane", {"plain"}), ("subject:report", {"plain"}),
    ('subject:"Only HTML"', {"html"}), ("subject:fox", set()), ("message-id:plain@app.test", {"plain"}),
    ("message-id:<plain@app.test>", {"plain"}), ("message-id:PLAIN@", {"plain"}),
    # tags
    ('tag:"Paper work"', {"plain", "invoice"}), ('tag:"PAPER WORK"', {"plain", "invoice"}), ("tag:paper", set()),
    ("tag:jp", {"japanese"}), ("tag:v1.0", {"japanese"}), ("tag:none", set()),
    ("is:tagged", {"plain", "invoice", "japanese"}), ("-is:tagged", ALL - {"plain", "invoice", "japanese"}),
    ("-tag:jp", ALL - {"japanese"}), ("!tag:jp is:tagged", {"plain", "invoice"}),
    # states and parts
    ("is:read", {"html", "bare"}), ("is:unread", ALL - {"html", "bare"}), ("-is:read", ALL - {"html", "bare"}),
    ("!is:unread", {"html", "bare"}), ("has:attachment", {"invoice", "named"}), ("has:attachments", {"invoice", "named"}),
    ("-has:attachment", ALL - {"invoice", "named"}), ("has:inline", {"invoice"}), ("has:inlines", {"invoice"}),
    ("!has:inline", ALL - {"invoice"}), ("HAS:Attachment IS:Unread", {"invoice", "named"}),
    # negation
    ("-from:ann", ALL - {"plain", "hidden", "named"}), ("!from:ann", ALL - {"plain", "hidden", "named"}),
    ("-fox", ALL - {"plain"}), ('-"quick brown"', ALL - {"plain"}), ('-"brown quick"', ALL),
    ("from:ann -subject:named", {"plain", "hidden"}), ("-addressed:bob@x.test", {"japanese"}),
    ("-cc:carol -reply-to:nobody", ALL - {"plain"}), ("-message-id:big@", ALL - {"big"}), ("-to:bob", {"japanese", "bare"}),
    ("-bcc:blind", ALL - {"hidden"}),
    # sizes
    ("larger:1M", {"big"}), ("larger:1.4mb", {"big"}), ("larger:2M", set()), ("smaller:1M", ALL - {"big"}),
    ("smaller:1.6MB", ALL), ("larger:1000K", {"big"}), ("larger:1000kb", {"big"}), ("larger:1000000", {"big"}),
    ("smaller:1000000 larger:700", {"invoice"}), ("-larger:1M", ALL - {"big"}), ("smaller:10", set()),
    # dates that cannot be read are ignored
    ("before:soon", ALL), ("after:yesterdayish from:ann", {"plain", "hidden", "named"}),
    # the octets a term loses
    ("(fox)", {"plain"}), ("<ann@app.test>", {"plain", "hidden", "named"}), ("fox;", {"plain"}), ("fox,", {"plain"}),
    ("from:<ann@app.test>", {"plain", "hidden", "named"}), ("   fox   ", {"plain"}),
]


@tap.table("search {}", [(query, sorted(wanted)) for query, wanted in SEARCHES])
def searches(query, wanted):
    answer = search(still, query)
    equal(sorted(known(answer)), wanted)
    found = answer.json
    match(found, LIST)
    unread = [m for m in found["messages"] if not m["Read"]]
    equal((found["total"], found["unread"], found["count"], found["messages_count"], found["messages_unread"], found["start"]),
          (8, 6, len(wanted), len(wanted), len(unread), 0))


DATES = ["%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%Y-%m-%dT%H:%M:%SZ", '"%Y-%m-%d %H:%M:%S"', '"%d %b %Y"', '"%b %d, %Y"']


@tap.table("search by date, written as {}", [(form,) for form in DATES])
def dates(form):
    now = datetime.datetime.now(datetime.timezone.utc)
    past, future = ((now + datetime.timedelta(days=days)).strftime(form) for days in (-3, 3))
    for query, wanted in ((f"after:{past}", ALL), (f"after:{future}", set()), (f"before:{past}", set()),
                          (f"before:{future}", ALL), (f"after:{past} before:{future} from:ann", {"plain", "hidden", "named"}),
                          (f"-after:{past}", set()), (f"!before:{past}", ALL)):
        equal(known(search(still, query)), wanted, query)


@tap.case("a date with slashes is month/day/year, unless the year stands first")
def slashes():
    now = datetime.datetime.now()
    for a, b, year in ((a, b, y) for y in (now.year, now.year - 1) for a in range(1, 13) for b in range(1, 13)):
        american, european = datetime.datetime(year, a, b), datetime.datetime(year, b, a)
        if american < now - datetime.timedelta(days=3) and european > now + datetime.timedelta(days=3):
            equal(known(search(still, f"after:{a:02}/{b:02}/{year}")), ALL)
            equal(known(search(still, f"before:{a:02}/{b:02}/{year}")), set())
            equal(known(search(still, f"after:{b:02}/{a:02}/{year}")), set())
            return
    raise tap.Skip("no date of this month reads differently the other way round")


@tap.case("tz= names the zone in which the dates of a search are read; one that does not exist is ignored")
def zones():
    local = datetime.datetime.now(zoneinfo.ZoneInfo("Asia/Tokyo")) - datetime.timedelta(hours=1)
    query = f'after:"{local:%Y-%m-%d %H:%M:%S}"'
    equal(known(search(still, query, "&tz=Asia/Tokyo")), ALL, "an hour ago in Tokyo")
    equal(known(search(still, query, "&tz=America/New_York")), set(), "the same clock in New York is yet to come")
    equal(known(search(still, "from:ann after:2001-01-01", "&tz=Moon/Base")), {"plain", "hidden", "named"})


@tap.case("search pages: limit=0 is an empty page here, start counts, numbers that are none are ignored")
def search_pages():
    everything = [m["ID"] for m in search(still, "from:test").json["messages"]]
    equal(len(everything), 6)
    for more, ids in (("&limit=0", []), ("&limit=2", everything[:2]), ("&start=2&limit=2", everything[2:4]),
                      ("&start=5", everything[5:]), ("&start=6", []), ("&limit=x", everything), ("&limit=-1", everything),
                      ("&start=-1", everything)):
        found = search(still, "from:test", more).expect(200).json
        match(found, LIST)
        equal(([m["ID"] for m in found["messages"]], found["messages_count"], found["count"]), (ids, 6, len(ids)), more)


@tap.table("GET /search{}: 400 and the words of it", [("",), ("?query=",), ("?query=%20%20",), ("?start=1",)])
def no_query(query):
    still.get(f"{API}/search{query}").expect(400, "text/plain", "Error: no search query")
    still.delete(f"{API}/search{query}").expect(400, "text/plain", "Error: no search query")


# ---- one message

@tap.case("GET /message/ID: a plain letter, the whole object")
def message_plain():
    found = shared.get(f"{API}/message/{keys['plain']}").expect(200, "application/json").json
    match(found, MESSAGE)
    equal(instant(found["Date"]), datetime.datetime.fromisoformat("2026-01-02T03:04:05+09:00"), "Date is that of the header")
    equal(lines(found["Text"]), ["The quick brown fox jumps over 100% of the lazy dogs.", "Second line."])
    wanted = {"ID": keys["plain"], "MessageID": "plain@app.test", "From": address("Ann Smith", "ann@app.test"),
              "To": (address("Bob", "bob@x.test"), address("Doe, Jane", "jane@x.test")),
              "Cc": (address("", "carol@x.test"),), "Bcc": (), "ReplyTo": (address("Help Desk", "help@app.test"),),
              "ReturnPath": "ann@app.test", "Subject": "Plain report", "Tags": ("Paper work",), "Username": "",
              "HTML": "", "Inline": (), "Attachments": (),
              "ListUnsubscribe": {"Header": "", "Links": (), "Errors": "", "HeaderPost": ""},
              "Date": MOMENT, "Text": TEXT, "Size": WHOLE}
    match(found, wanted)


@tap.case("GET /message/ID: nested multipart, with part numbers, checksums of the decoded octets, and the list header")
def message_invoice():
    found = shared.get(f"{API}/message/{keys['invoice']}").expect(200).json
    match(found, MESSAGE)
    equal(found["Inline"], [attachment(PICTURE, "logo.png", "image/png", "1.2", "logo@app.test")])
    equal(found["Attachments"], [attachment(REPORT, "report.csv", "text/csv", "2")])
    equal(lines(found["Text"]), ["Invoice 4711 as text. Secretword."])
    equal(lines(found["HTML"]), lines(HTML))
    equal(found["ReturnPath"], "bounce@app.test", "the sender of the envelope")
    equal(found["ListUnsubscribe"], {"Header": "<mailto:leave@app.test>, <https://app.test/leave?u=1>",
                                     "Links": ["mailto:leave@app.test", "https://app.test/leave?u=1"], "Errors": "",
                                     "HeaderPost": "List-Unsubscribe=One-Click"})


@tap.case("GET /message/ID: charsets are decoded in text and HTML; file names too; without Date the time of receipt counts")
def message_decoded():
    found = shared.get(f"{API}/message/{keys['japanese']}").json
    equal((found["Subject"], lines(found["Text"]), found["HTML"]), (JAPANESE_SUBJECT, [JAPANESE_TEXT], ""))
    age = datetime.datetime.now(datetime.timezone.utc) - instant(found["Date"])
    check(-1 < age.total_seconds() < 600, found["Date"])
    page = shared.get(f"{API}/message/{keys['html']}").json
    check("東京" in page["HTML"] and "hiddenattribute" in page["HTML"], page["HTML"])
    named = shared.get(f"{API}/message/{keys['named']}").json
    equal([a["FileName"] for a in named["Attachments"]], [NAMED_NAME])


@tap.case("the text of a letter that is only HTML is left open: empty, or made of the HTML without its tags")
def text_of_html():
    text = shared.get(f"{API}/message/{keys['html']}").json["Text"]
    check(text == "" or ("shopper" in text and "<" not in text), text)


@tap.case("a letter without headers: the whole object, From and ReturnPath empty")
def message_bare():
    found = shared.get(f"{API}/message/{keys['bare']}").json
    match(found, MESSAGE)
    equal((found["From"], found["To"], found["ReturnPath"], found["Subject"], lines(found["Text"])),
          (NOBODY, [], "", "", ["no header at all"]))


@tap.case("Size is the same in list and message, near the octets that came; which rendering it counts is left open")
def sizes():
    for summary in shared.get(f"{API}/messages").json["messages"]:
        key = next(k for k, v in keys.items() if v == summary["ID"])
        message = shared.get(f"{API}/message/{summary['ID']}").json
        equal(message["Size"], summary["Size"], key)
        sent = len(LETTERS[key][2])
        check(sent <= summary["Size"] <= sent + 2000, key, summary["Size"], sent)


@tap.case("GET /message/ID marks the message read; headers, raw and parts do not")
def marks_read(folder):
    _, web = start(folder, LETTERS["invoice"], LETTERS["plain"])
    ids = ids_by_key(web)
    for rest in ("/headers", "/raw", "/part/2", "/html-check"):
        web.get(f"{API}/message/{ids['invoice']}{rest}").expect(200)
    equal(read_state(web), {"Invoice 4711": False, "Plain report": False})
    web.get(f"{API}/message/{ids['invoice']}").expect(200)
    equal(read_state(web), {"Invoice 4711": True, "Plain report": False})
    equal(web.get(f"{API}/messages").json["unread"], 1)


@tap.table("GET /view/{} marks the message read", [("ID.html",), ("ID.txt",)])
def view_marks_read(folder, path):
    _, web = start(folder, LETTERS["invoice"])
    web.get("/view/" + path.replace("ID", ids_by_key(web)["invoice"])).expect(200)
    equal(read_state(web), {"Invoice 4711": True})


@tap.case("GET /message/ID/headers: canonical names, sorted, every value of a header, encoded words decoded or not is left open")
def headers():
    answer = shared.get(f"{API}/message/{keys['plain']}/headers").expect(200, "application/json")
    found = answer.json
    names = list(found)
    equal(names, sorted(names), "the order of the keys")
    for name, values in found.items():
        match(values, [TEXT], name)
        check(values, name)
    wanted = {"Cc": ["carol@x.test"], "Date": ["Fri, 02 Jan 2026 03:04:05 +0900"], "Subject": ["Plain report"],
              "Message-Id": ["<plain@app.test>"], "X-Color": ["blue", "green"],
              "From": ['"Ann Smith" <ann@app.test>'], "Reply-To": ["Help Desk <help@app.test>"],
              "To": ['Bob <bob@x.test>, "Doe, Jane" <jane@x.test>'], "Return-Path": ["<ann@app.test>"]}
    for name, values in wanted.items():
        equal(found.get(name), values, name)
    check(set(found) - set(wanted) <= {"Received"}, f"headers nobody wrote: {sorted(found)}")
    invoice = shared.get(f"{API}/message/{keys['invoice']}/headers").json
    for name in ("Mime-Version", "Content-Type", "List-Unsubscribe", "List-Unsubscribe-Post"):
        check(name in invoice, f"{name} is not in {sorted(invoice)}")
    hidden = shared.get(f"{API}/message/{keys['hidden']}/headers").json
    check("blind@y.test" in " ".join(hidden.get("Bcc", [])), "recipients of the envelope in Bcc", hidden)


@tap.case("GET /message/ID/headers: values of one name in their order whatever its case, unfolded, quoted; a name that is no UTF-8 is no key")
def headers_odd(folder):
    server, web = start(folder)
    with Wire(server.address) as wire:
        wire.hello()
        wire.message(b'x-b: 1\r\nSubject: odd\r\nX-A_b: u\r\nX-Ab: l\r\nX-B: "two\\"\r\n\tgo on \xff\r\nX-\xff: never\r\nX-B-C: no\r\nX-b:\r\n\r\nx\r\n', "a@x.test", "b@x.test")
    settle(web, 1)
    found = web.get(f"{API}/message/latest/headers").expect(200, "application/json").json
    equal(list(found), sorted(found), "the order of the keys")
    equal({name: values for name, values in found.items() if name.startswith("X-")},
          {"X-A_b": ["u"], "X-Ab": ["l"], "X-B": ["1", '"two\\"\tgo on \ufffd', ""], "X-B-C": ["no"]})


@tap.case("GET /message/ID/raw: text/plain in UTF-8; the letter with Return-Path and Bcc, its body octet for octet")
def raw():
    answer = shared.get(f"{API}/message/{keys['plain']}/raw").expect(200)
    equal(answer.headers.get("Content-Type", "").replace(" ", "").lower(), "text/plain;charset=utf-8")
    check(answer.headers.get("Content-Disposition") is None, answer.headers.get("Content-Disposition"))
    head, _, body = answer.body.partition(b"\r\n\r\n")
    equal(body, PLAIN.partition(b"\r\n\r\n")[2], "the body")
    for line in PLAIN.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        check(line in head.split(b"\r\n"), f"{line!r} is not in {head!r}")
    check(re.search(rb"^Return-Path: <ann@app\.test>\r?$", head, re.MULTILINE), head)
    hidden = shared.get(f"{API}/message/{keys['hidden']}/raw").body
    check(re.search(rb"^Bcc:.*blind@y\.test", hidden.partition(b"\r\n\r\n")[0], re.MULTILINE), hidden)


@tap.case("GET /message/ID/raw?dl=1 is a download named ID.eml; other values are none")
def raw_download():
    answer = shared.get(f"{API}/message/{keys['plain']}/raw?dl=1").expect(200, "text/plain")
    equal(answer.headers.get("Content-Disposition"), f'attachment; filename="{keys["plain"]}.eml"')
    check(shared.get(f"{API}/message/{keys['plain']}/raw?dl=0").expect(200).headers.get("Content-Disposition") is None)


@tap.case("GET /message/ID/part: the decoded octets with their own type and name, percent-encoded")
def parts():
    for key, part, octets, kind, name in (("invoice", "1.2", PICTURE, "image/png", "logo.png"),
                                          ("invoice", "2", REPORT, "text/csv", "report.csv"),
                                          ("named", "2", b"%PDF-1.4 not really", "application/pdf", NAMED_NAME)):
        answer = shared.get(f"{API}/message/{keys[key]}/part/{part}").expect(200, kind)
        equal(answer.body, octets, f"{key} {part}")
        equal(answer.headers.get("Content-Disposition"), f'inline; filename="{urllib.parse.quote(name, safe="")}"')
        equal(answer.headers.get("X-Content-Type-Options"), "nosniff")


@tap.case("a part that is the text or HTML of the letter is left open: its octets, or 404; a page is never served as one")
def body_parts():
    for part in ("1", "1.1", "1.1.1", "1.1.2", "0"):
        answer = shared.get(f"{API}/message/{keys['invoice']}/part/{part}")
        check(answer.status in (200, 404), answer)
        check(answer.type not in ("text/html", "image/svg+xml", "application/xhtml+xml")
              or "sandbox" in (answer.headers.get("Content-Security-Policy") or ""), answer)


def jpeg_size(octets):
    """(width, height) of the first frame header."""
    check(octets[:2] == b"\xff\xd8", f"no JPEG: {octets[:16]!r}")
    at = 2
    while at + 9 < len(octets):
        kind, size = octets[at + 1], struct.unpack("!H", octets[at + 2:at + 4])[0]
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack("!HH", octets[at + 5:at + 9])
            return width, height
        at += 2 + size
    raise tap.Failure("a JPEG without a frame")


GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
BMP = b"BM" + struct.pack("<IHHIIiiHHIIiiII", 70, 0, 0, 54, 40, 2, 2, 1, 24, 0, 16, 0, 0, 0, 0) + bytes(16)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="180" height="120"><rect width="180" height="120"/></svg>'


@tap.case("GET thumb: PNG, GIF and BMP are drawn by what they are, whatever type is named; anything else is blank, SVG too")
def thumbs_drawn(folder):
    server, web = start(folder)
    files = {"png": PICTURE, "gif": GIF, "bmp": BMP, "svg": SVG, "none": b"no picture at all"}
    parts = "".join(f"--b\r\nContent-Type: image/svg+xml\r\nContent-Disposition: attachment; filename={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                    f"{base64.b64encode(octets).decode()}\r\n" for name, octets in files.items())
    with Wire(server.address) as wire:
        wire.hello()
        wire.message(f"Subject: pictures\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--\r\n".encode(), "a@x.test", "b@x.test")
    settle(web, 1)
    thumbs = {one["FileName"]: web.get(f"{API}/message/latest/part/{one['PartID']}/thumb").expect(200, "image/jpeg").body
              for one in web.get(f"{API}/message/latest").json["Attachments"]}
    equal({name for name, thumb in thumbs.items() if thumb == thumbs["none"]}, {"svg", "none"}, "what is blank")
    equal(set(thumbs), set(files), "the files")


@tap.table("GET thumb of {}: a JPEG of 180 by 120", [("a picture", "invoice", "1.2"), ("a table", "invoice", "2"), ("a PDF", "named", "2")])
def thumbs(what, key, part):
    answer = shared.get(f"{API}/message/{keys[key]}/part/{part}/thumb").expect(200, "image/jpeg")
    equal(jpeg_size(answer.body), (180, 120))


@tap.case("GET /view/ID.html: the page, cid: links lead to the part route, and they work; also with a double slash")
def view_html():
    for path in (f"/view/{keys['invoice']}.html", f"/view/{keys['invoice']}.html?embed=1", f"//view/{keys['invoice']}.html"):
        answer = shared.get(path)
        if answer.status in (301, 302, 307, 308):
            equal(answer.headers.get("Location"), path.removeprefix("/"), "where the double slash leads")
            answer = shared.get(answer.headers["Location"])
        answer.expect(200, "text/html")
        check("Invoice 4711" in answer.text and "cid:logo" not in answer.text, answer)
        link = re.search(r'src="([^"]*/part/1\.2)"', answer.text)
        check(link, f"no link to the part in {answer.text}")
        equal(shared.get(urllib.parse.urlparse(urllib.parse.urljoin(shared.origin + path, link.group(1))).path).body, PICTURE)
    check("東京" in shared.get(f"/view/{keys['html']}.html").text, "the page is in UTF-8")


@tap.case("GET /view/ID.txt: the text, in UTF-8; also with a double slash")
def view_text():
    answer = shared.get(f"/view/{keys['japanese']}.txt").expect(200, "text/plain")
    equal((lines(answer.text), answer.headers["Content-Type"].replace(" ", "").lower()),
          ([JAPANESE_TEXT], "text/plain;charset=utf-8"))
    again = shared.get(f"//view/{keys['japanese']}.txt")
    if again.status in (301, 302, 307, 308):
        equal(again.headers.get("Location"), f"/view/{keys['japanese']}.txt")
    else:
        equal(again.expect(200).body, answer.body)


@tap.case("GET /view/ID.html of a letter without HTML is left open: 404 in plain text, or 200")
def view_without_html():
    answer = shared.get(f"/view/{keys['plain']}.html")
    check(answer.status == 200 or (answer.status, answer.type) == (404, "text/plain"), answer)


LATEST = ["/message/latest", "/message/latest/headers", "/message/latest/raw", "/message/latest/part/2",
          "/message/latest/html-check", "/message/latest/link-check"]


@tap.case("latest stands for the newest ID, in every GET under /message and /view", timeout=60)
def latest(folder):
    invoice = LETTERS["invoice"]
    without_links = (*invoice[:2], invoice[2].replace(b'href="http://127.0.0.1:9/pay"', b'href="#pay"'))
    _, web = start(folder, LETTERS["plain"], without_links)
    newest = ids_by_key(web)["invoice"]
    for path in LATEST:
        equal(web.get(API + path).expect(200).body, web.get(API + path.replace("latest", newest)).expect(200).body, path)
    for path in ("/view/latest.html", "/view/latest.txt"):
        equal(web.get(path).expect(200).body, web.get(path.replace("latest", newest)).expect(200).body, path)
    moved = web.get("/view/latest").expect(302)
    check(newest in moved.headers.get("Location", ""), moved.headers.get("Location"))


@tap.case("latest?query= is the newest message that matches, and 404 when none does")
def latest_query():
    equal(shared.get(f"{API}/message/latest?query=subject:report").json["MessageID"], "plain@app.test")
    equal(shared.get(f"{API}/message/latest?query={urllib.parse.quote('注文')}&tz=Asia/Tokyo").json["MessageID"], "japanese@app.test")
    equal(lines(shared.get("/view/latest.txt?query=subject:report").text)[1], "Second line.")
    equal(shared.get(f"{API}/message/latest/headers?query=from:ann%20subject:named").json["Message-Id"], ["<named@app.test>"])
    shared.get(f"{API}/message/latest?query=subject:nothing-like-it").expect(404, "text/plain")


# ---- errors

@tap.table("404 for an ID that is not there: GET {}", [(p,) for p in (
    "/message/ID", "/message/ID/headers", "/message/ID/raw", "/message/ID/part/1", "/message/ID/part/1/thumb",
    "/message/ID/html-check", "/message/ID/link-check")])
def unknown_id(path):
    for name in (UNKNOWN, "x", "0" * 200, "%00", "%2e%2e", "a%2fb", "日本".encode().decode("latin-1")):
        answer = shared.get(API + path.replace("ID", urllib.parse.quote(name, safe="%", encoding="latin-1")))
        check(answer.status == 404 or (name == "%00" and answer.status == 400), name, answer)
        if name == UNKNOWN:
            answer.expect(404, "text/plain", "404 page not found")


@tap.case("404 for a part that is not there, whatever is asked for")
def unknown_part():
    for part in ("9", "1.9", "0.0", "x", "2.1.1.1.1.1", "-1", "99999999999999999999", "2/../2", "%00"):
        answer = shared.get(f"{API}/message/{keys['invoice']}/part/{part}")
        check(answer.status in (400, 404), part, answer)
    shared.get(f"{API}/message/{keys['invoice']}/part/9").expect(404, "text/plain", "404 page not found")


@tap.table("404 with its words: {} of an unknown ID, and latest of an empty box", [("/view/ID.html",), ("/view/ID.txt",)])
def view_unknown(folder, path):
    shared.get(path.replace("ID", UNKNOWN)).expect(404, "text/plain", "Message not found")
    _, web = start(folder)
    web.get(path.replace("ID", "latest")).expect(404, "text/plain", "Message not found")


@tap.case("latest of an empty box: 404, Message not found; where the checks are concerned its words are left open")
def latest_empty(folder):
    _, web = start(folder)
    for rest in ("", "/headers", "/raw", "/part/1"):
        web.get(f"{API}/message/latest{rest}").expect(404, "text/plain", "Message not found")
    for rest in ("/html-check", "/link-check"):
        web.get(f"{API}/message/latest{rest}").expect(404, "text/plain")
    check(web.get("/view/latest").status in (302, 404))


@tap.case("an API path that does not exist is 404, a method it does not have 404 or 405, and nothing is changed by it")
def no_such_thing(folder):
    _, web, ids = three(folder)
    for path in ("/api/v1/nothing", "/api/v1/messages/x/y/z", "/api/v1/", "/api/v9/messages", "/api/v1/message/"):
        check(web.get(path).status == 404, path)
    for method, path in (("POST", "/messages"), ("PATCH", "/messages"), ("DELETE", f"/message/{ids['a']}"), ("PUT", "/send"),
                         ("GET", "/send"), ("POST", "/search?query=a"), ("POST", "/tags"), ("DELETE", "/tags"),
                         ("DELETE", "/chaos"), ("GET", f"/message/{ids['a']}/release"), ("TRACE", "/messages")):
        check(web.request(method, API + path).status in (404, 405), method, path)
    equal(len(web.get(f"{API}/messages").json["messages"]), 3)


# ---- writes: read state

@tap.table("PUT /messages {}", [
    ("by ID", {"Read": True, "IDs": ["a", "c"]}, "ac"), ("keys in lower case", {"read": True, "ids": ["a"]}, "a"),
    ("keys in upper case", {"READ": True, "IDS": ["b"]}, "b"), ("neither IDs nor Search: all", {"Read": True}, "abc"),
    ("empty IDs: all", {"Read": True, "IDs": []}, "abc"), ("null IDs: all", {"Read": True, "IDs": None}, "abc"),
    ("by search", {"Read": True, "Search": "subject:b"}, "b"), ("by search, key in lower case", {"read": True, "search": "subject:b"}, "b"),
    ("empty IDs with a search", {"Read": True, "IDs": [], "Search": "subject:b"}, "b"),
    ("keys nobody knows are ignored", {"Read": True, "IDs": ["a"], "X": {"y": [1]}}, "a"),
    ("an ID that is not there beside one that is", {"Read": True, "IDs": [UNKNOWN, "a"]}, "a"),
    ("only IDs that are not there", {"Read": True, "IDs": [UNKNOWN]}, ""),
    ("a search that finds nothing", {"Read": True, "Search": "subject:zzz"}, ""),
    ("without Read means unread", {"IDs": ["a"]}, "")])
def put_read(folder, what, body, read):
    _, web, ids = three(folder)
    body = {key: [ids.get(i, i) for i in value] if key.lower() == "ids" and value else value for key, value in body.items()}
    web.ok("PUT", f"{API}/messages", body)
    equal(read_state(web), {key: key in read for key in "abc"})
    equal(web.get(f"{API}/messages").json["unread"], 3 - len(read))


@tap.case("PUT /messages sets back to unread: some, a search, and all when nothing is named")
def put_unread(folder):
    _, web, ids = three(folder)
    web.ok("PUT", f"{API}/messages", {"Read": True})
    web.ok("PUT", f"{API}/messages", {"Read": False, "IDs": [ids["b"]]})
    equal(read_state(web), {"a": True, "b": False, "c": True})
    web.ok("PUT", f"{API}/messages?tz=Asia/Tokyo", {"Read": False, "Search": "subject:c after:2001-01-01"})
    equal(read_state(web), {"a": True, "b": False, "c": False})
    web.ok("PUT", f"{API}/messages", {"Read": False, "IDs": []})
    equal(read_state(web), {"a": False, "b": False, "c": False})


@tap.case("PUT /messages with IDs and Search: 400 in plain text, nothing changed; so does a body that is no JSON")
def put_both(folder):
    _, web, ids = three(folder)
    answer = web.put(f"{API}/messages", {"Read": True, "IDs": [ids["a"]], "Search": "subject:b"}).expect(400, "text/plain")
    check(answer.body.strip(), "no words")
    for body in (b"{", b"no", b'{"Read":tru', b"[1,2]", b"", b"\xff\xfe"):
        web.put(f"{API}/messages", body).expect(400, "text/plain")
    equal(read_state(web), {"a": False, "b": False, "c": False})


@tap.case("PUT /messages with a value of a wrong type is 400; it does not mean all")
def put_types(folder):
    _, web, ids = three(folder)
    for body in (b'{"Read":"yes"}', b'{"Read":true,"IDs":"a"}', b'{"Read":true,"IDs":[1]}', b'{"Read":true,"Search":["a"]}', b'{"Read":1}'):
        answer = web.put(f"{API}/messages", body)
        equal(read_state(web), {"a": False, "b": False, "c": False}, f"behind {body!r}, answered by {answer.status}")
        answer.expect(400, "text/plain")


# ---- writes: delete

@tap.table("DELETE /messages {}", [
    ("by ID", b'{"IDs":["%a"]}', "bc"), ("several", b'{"IDs":["%a","%c"]}', "b"), ("keys in lower case", b'{"ids":["%b"]}', "ac"),
    ("without a body: all", None, ""), ("with an empty body: all", b"", ""), ("with bad JSON: all", b"{bad", ""),
    ("with empty IDs: all", b'{"IDs":[]}', ""), ("with null IDs: all", b'{"IDs":null}', ""), ("with an empty object: all", b"{}", ""),
    ("an ID that is not there: none", b'{"IDs":["0000000000000000000000"]}', "abc"),
    ("one that is there and one that is not", b'{"IDs":["0000000000000000000000","%b"]}', "ac"),
    ("one twice", b'{"IDs":["%b","%b"]}', "ac")])
def delete(folder, what, body, left):
    _, web, ids = three(folder)
    for key in "abc":
        body = body.replace(b"%" + key.encode(), ids[key].encode()) if body else body
    headers = {"Content-Length": None} if body is None else {}
    web.ok("DELETE", f"{API}/messages", body, headers=headers)
    equal(sorted(read_state(web)), list(left))
    found = web.get(f"{API}/messages").json
    equal((found["total"], found["unread"], found["count"]), (len(left),) * 3)


@tap.case("DELETE /search deletes what matches, and nothing else; a query that finds nothing is ok")
def delete_search(folder):
    server, web, ids = three(folder)
    web.ok("DELETE", f"{API}/search?query=subject:nothing")
    web.ok("DELETE", f"{API}/search?query=subject:a&tz=Asia/Tokyo")
    equal(sorted(read_state(web)), ["b", "c"])
    web.ok("DELETE", f"{API}/search?query=-subject:b")
    equal(sorted(read_state(web)), ["b"])
    equal([m["subject"] for m in server.inbox()], ["b"], "the command line sees the same")
    web.get(f"{API}/message/{ids['a']}").expect(404)
    web.get(f"{API}/message/{ids['a']}/raw").expect(404)


@tap.case("what the command line deletes is gone from the API")
def delete_beside(folder):
    server, web, ids = three(folder)
    server.postern("inbox", "delete", "latest")
    equal(sorted(read_state(web)), ["a", "b"])


# ---- tags

@tap.case("PUT /tags sets, replaces and clears the tags of messages; GET /tags tells those in use")
def tags(folder):
    _, web, ids = three(folder)

    def of(key):
        return web.get(f"{API}/message/{ids[key]}").json["Tags"]
    web.ok("PUT", f"{API}/tags", {"IDs": [ids["a"], ids["b"]], "Tags": ["one", "two"]})
    equal((sorted(of("a")), sorted(of("b")), of("c")), (["one", "two"], ["one", "two"], []))
    web.ok("PUT", f"{API}/tags", {"ids": [ids["a"]], "tags": ["three"]})
    equal((of("a"), sorted(of("b"))), (["three"], ["one", "two"]))
    equal(sorted(web.get(f"{API}/tags").expect(200, "application/json").json), ["one", "three", "two"])
    listed = web.get(f"{API}/messages").json
    equal((sorted(listed["tags"]), listed["messages"][2]["Tags"]), (["one", "three", "two"], ["three"]))
    web.ok("PUT", f"{API}/tags", {"IDs": [ids["b"]], "Tags": []})
    equal((of("b"), web.get(f"{API}/tags").json), ([], ["three"]), "a tag nobody has is gone")
    equal(web.get(f"{API}/info").json["Tags"], {"three": 1})
    web.ok("DELETE", f"{API}/messages", {"IDs": [ids["a"]]})
    equal(web.get(f"{API}/tags").json, [])


@tap.table("tag text {}", [
    ("with blanks, dots and signs is kept", ["v1.0 a-b_c @x"], ["v1.0 a-b_c @x"]), ("of 100 characters is kept", ["x" * 100], ["x" * 100]),
    ("that differs in case only is one tag", ["Red", "red", "RED"], 1), ("in Japanese is kept", ["重要"], ["重要"]),
    ("with other signs: these become blanks", ["a/b"], ["a b"]), ("twice is one", ["x", "x"], ["x"])])
def tag_text(folder, what, given, wanted):
    _, web, ids = three(folder)
    web.ok("PUT", f"{API}/tags", {"IDs": [ids["a"]], "Tags": given})
    found = web.get(f"{API}/message/{ids['a']}").json["Tags"]
    equal(len(found) if isinstance(wanted, int) else found, wanted)
    equal(web.get(f"{API}/tags").json, found)


@tap.case("tag text that is empty, blank or too long is left open: refused with 400 or left out; never stored, never a script")
def tag_text_bad(folder):
    _, web, ids = three(folder)
    for text in ("", "   ", "x" * 101, "<script>alert(1)</script>", "a\r\nb", "\0"):
        answer = web.put(f"{API}/tags", {"IDs": [ids["a"]], "Tags": [text]})
        check(answer.status in (200, 400), answer)
        for tag in web.get(f"{API}/tags").json:
            check(1 <= len(tag) <= 100 and tag.strip() and not set(tag) & set("<>\r\n\0()"), repr(tag))
    for body in (b"{", b"", b"[]"):
        web.put(f"{API}/tags", body).expect(400, "text/plain")


@tap.case("PUT /tags/TAG renames, DELETE /tags/TAG takes it off; the messages stay. Encoded names work")
def tag_rename(folder):
    _, web, ids = three(folder)
    web.ok("PUT", f"{API}/tags", {"IDs": [ids["a"], ids["b"]], "Tags": ["old name", "keep"]})
    web.ok("PUT", f"{API}/tags/old%20name", {"Name": "new.name"})
    equal(sorted(web.get(f"{API}/tags").json), ["keep", "new.name"])
    equal(sorted(web.get(f"{API}/message/{ids['b']}").json["Tags"]), ["keep", "new.name"])
    web.ok("PUT", f"{API}/tags/keep", {"name": "kept"})
    equal(search(web, "tag:kept").json["messages_count"], 2)
    web.ok("DELETE", f"{API}/tags/new.name")
    equal((web.get(f"{API}/tags").json, web.get(f"{API}/messages").json["total"]), (["kept"], 3))
    check(web.put(f"{API}/tags/kept", b"{bad").expect(400, "text/plain"))
    check(web.put(f"{API}/tags/kept", {"Name": ""}).expect(400, "text/plain"))
    equal(web.get(f"{API}/tags").json, ["kept"])


@tap.case("renaming or deleting a tag that is not there is left open: ok or an error in plain text; nothing changes")
def tag_absent(folder):
    _, web, ids = three(folder)
    web.ok("PUT", f"{API}/tags", {"IDs": [ids["a"]], "Tags": ["x"]})
    for answer in (web.put(f"{API}/tags/none", {"Name": "y"}), web.delete(f"{API}/tags/none")):
        check(answer.status in (200, 400, 404) and answer.type == "text/plain", answer)
    equal(web.get(f"{API}/tags").json, ["x"])


# ---- send

SENT = {"From": {"Email": "ann@app.test", "Name": "Ann"}, "To": [{"Email": "bob@x.test", "Name": "Bob"}],
        "Cc": [{"Email": "cc@x.test", "Name": "Carbon"}], "Bcc": ["blind@x.test"],
        "ReplyTo": [{"Email": "r@x.test", "Name": "Reply"}], "Subject": "Sent by HTTP 件名", "Text": "Hello text",
        "HTML": '<p>Hello <b>HTML</b> <img src="cid:inline-image"></p>', "Tags": ["t1", "t2"],
        "Headers": {"X-A": "1", "List-Unsubscribe": "<mailto:leave@x.test>"},
        "Attachments": [{"Content": base64.b64encode(REPORT).decode(), "Filename": "report.csv", "ContentType": "text/csv"},
                        {"Content": base64.b64encode(PICTURE).decode(), "Filename": "p.png", "ContentType": "image/png",
                         "ContentID": "inline-image"}]}


def send(web, **changes):
    body = {**SENT, **changes}
    answer = web.post(f"{API}/send", {k: v for k, v in body.items() if v is not None}).expect(200, "application/json")
    match(answer.json, {"ID": ID})
    return web.get(f"{API}/message/{answer.json['ID']}").expect(200).json


@tap.case("POST /send: everything in it comes out of the message, and of its list entry")
def send_all(folder):
    _, web = start(folder)
    found = send(web)
    match(found, MESSAGE)
    for key, value in {"From": address("Ann", "ann@app.test"), "To": [address("Bob", "bob@x.test")],
                       "Cc": [address("Carbon", "cc@x.test")], "Bcc": [address("", "blind@x.test")],
                       "ReplyTo": [address("Reply", "r@x.test")], "Subject": "Sent by HTTP 件名", "Username": "",
                       "ReturnPath": "ann@app.test", "HTML": found["HTML"]}.items():
        equal(found[key], value, key)
    equal((sorted(found["Tags"]), lines(found["Text"]), lines(found["HTML"])), (["t1", "t2"], ["Hello text"], lines(SENT["HTML"])))
    equal(found["ListUnsubscribe"]["Header"], "<mailto:leave@x.test>")
    (csv,), (picture,) = found["Attachments"], found["Inline"]
    equal(csv, attachment(REPORT, "report.csv", "text/csv", csv["PartID"]))
    equal(picture, attachment(PICTURE, "p.png", "image/png", picture["PartID"], "inline-image"))
    equal(web.get(f"{API}/message/{found['ID']}/part/{csv['PartID']}").expect(200, "text/csv").body, REPORT)
    check(f"/part/{picture['PartID']}" in web.get(f"/view/{found['ID']}.html").text, "the inline picture is linked")
    listed = web.get(f"{API}/messages").json
    match(listed, LIST)
    equal((listed["messages"][0]["ID"], listed["messages"][0]["Attachments"], sorted(listed["tags"])), (found["ID"], 1, ["t1", "t2"]))


@tap.case("the headers of what was sent are exactly those that the e2e test of mailpit-api expects")
def send_headers(folder):
    _, web = start(folder)
    found = send(web, Tags=None, Headers={"List-Unsubscribe": "<mailto:leave@x.test>"})
    equal(sorted(web.get(f"{API}/message/{found['ID']}/headers").json),
          ["Bcc", "Cc", "Content-Type", "Date", "From", "List-Unsubscribe", "Message-Id", "Mime-Version", "Reply-To",
           "Return-Path", "Subject", "To"])


@tap.case("POST /send with a sender and a recipient only; keys may be in any case")
def send_least(folder):
    _, web = start(folder)
    found = web.post(f"{API}/send", {"From": {"Email": "a@x.test"}, "To": [{"Email": "b@x.test"}]}).expect(200).json
    got = web.get(f"{API}/message/{found['ID']}").json
    match(got, MESSAGE)
    equal((got["From"], got["To"], got["Subject"], got["HTML"], got["Attachments"]),
          (address("", "a@x.test"), [address("", "b@x.test")], "", "", []))
    web.post(f"{API}/send", {"from": {"email": "low@x.test"}, "to": [{"email": "b@x.test"}], "subject": "low"}).expect(200)
    equal(web.get(f"{API}/message/latest").json["From"]["Address"], "low@x.test")


@tap.case("POST /send to Bcc alone: it arrives there and nowhere else")
def send_bcc_only(folder):
    _, web = start(folder)
    answer = web.post(f"{API}/send", {"From": {"Email": "a@x.test"}, "Bcc": ["b@x.test"], "Subject": "s"}).expect(200)
    found = web.get(f"{API}/message/{answer.json['ID']}").json
    equal((found["To"], found["Bcc"]), ([], [address("", "b@x.test")]))


@tap.case("attachments: a data: prefix is taken off, and a type that is missing is found by the octets or the name")
def send_attachments(folder):
    _, web = start(folder)
    found = send(web, Attachments=[
        {"Content": "data:image/png;base64," + base64.b64encode(PICTURE).decode(), "Filename": "d.png"},
        {"Content": base64.b64encode(b"plain words\n").decode(), "Filename": "w.txt"},
        {"Content": base64.b64encode(bytes(range(256))).decode(), "Filename": "日本語 名.bin"},
        {"Content": "", "Filename": "empty.bin", "ContentType": "application/x-nothing"}])
    by_name = {a["FileName"]: a for a in found["Attachments"]}
    equal(sorted(by_name), sorted(["d.png", "w.txt", "日本語 名.bin", "empty.bin"]))
    equal((by_name["d.png"]["ContentType"], by_name["w.txt"]["ContentType"], by_name["empty.bin"]["Size"]),
          ("image/png", "text/plain", 0))
    equal(web.get(f"{API}/message/{found['ID']}/part/{by_name['日本語 名.bin']['PartID']}").body, bytes(range(256)))
    equal(by_name["d.png"]["Checksums"], attachment(PICTURE, "", "", "")["Checksums"])


@tap.case("what was sent is the same to everyone: raw, the command line, search")
def send_everywhere(folder):
    server, web = start(folder)
    found = send(web, Text=".\r\n..two\r\n" + "長い行" * 500 + "\nend", HTML=None)
    equal(lines(found["Text"]), [".", "..two", "長い行" * 500, "end"])
    equal([m["subject"] for m in server.inbox()], ["Sent by HTTP 件名"])
    equal(sorted(server.inbox()[0]["rcpt_to"]), ["blind@x.test", "bob@x.test", "cc@x.test"])
    raw = web.get(f"{API}/message/{found['ID']}/raw").body
    check(all(len(line) <= 998 for line in raw.split(b"\r\n")), "lines of more than 998 octets")
    check(b"\n" not in raw.replace(b"\r\n", b""), "bare LF")
    equal(search(web, "tag:t1 subject:件名 blind@x.test").json["messages_count"], 1)


OVERWRITTEN = ["To", "From", "Cc", "Bcc", "Reply-To", "Date", "Subject", "Content-Type", "Mime-Version", "reply-to", "X-Tags"]


@tap.table("POST /send may not overwrite the header {}", [(name,) for name in OVERWRITTEN])
def send_overwrite(name):
    answer = shared.post(f"{API}/send", {**SENT, "Headers": {name: "x"}}).expect(400, "application/json")
    match(answer.json, {"Error": Some(str, test=lambda s: s.startswith("cannot overwrite header: "), words="cannot overwrite header: …")})
    check(name.lower() in answer.json["Error"].lower(), answer)


@tap.table("POST /send refuses {}: 400 and JSON", [
    ("a bad To address", {"To": [{"Email": "no address"}]}, "invalid To address: "),
    ("a bad From address", {"From": {"Email": "no address"}}, "invalid From address: "),
    ("a bad Cc address", {"Cc": [{"Email": "@x"}]}, "invalid Cc address: "),
    ("a bad Bcc address", {"Bcc": ["x"]}, "invalid Bcc address: "),
    ("a bad Reply-To address", {"ReplyTo": [{"Email": "x y@z"}]}, "invalid "),
    ("no sender", {"From": None}, ""), ("no recipient", {"To": None, "Cc": None, "Bcc": None}, ""),
    ("an attachment that is no base64", {"Attachments": [{"Content": "!!!", "Filename": "x"}]}, ""),
    ("a line break in a header's value", {"Headers": {"X-A": "1\r\nBcc: evil@x.test"}}, ""),
    ("a line break in a header's name", {"Headers": {"X-A: 1\r\nX-B": "1"}}, ""),
    ("a line break in an address", {"To": [{"Email": "b@x.test>\r\nRCPT TO:<evil@x.test"}]}, "")])
def send_refused(what, change, words):
    before = shared.get(f"{API}/messages").json["total"]
    body = {k: v for k, v in {**SENT, **change}.items() if v is not None}
    answer = shared.post(f"{API}/send", body).expect(400, "application/json")
    match(answer.json, {"Error": Some(str, test=lambda s: s and s.startswith(words), words=f"{words}…")})
    equal(shared.get(f"{API}/messages").json["total"], before, "messages")


@tap.case("a line break in a subject or a name cannot make a header; whether it is refused is left open")
def send_injection(folder):
    _, web = start(folder)
    for change in ({"Subject": "s\r\nX-Evil: 1"}, {"From": {"Email": "a@x.test", "Name": "n\r\nX-Evil: 1"}},
                   {"To": [{"Email": "a@x.test", "Name": "n\nX-Evil: 1"}]},
                   {"Attachments": [{"Content": "eA==", "Filename": "f\r\nX-Evil: 1"}]},
                   {"Attachments": [{"Content": "eA==", "Filename": "f", "ContentType": "text/plain\r\nX-Evil: 1"}]},
                   {"Attachments": [{"Content": "eA==", "Filename": "f", "ContentID": "c>\r\nX-Evil: 1"}]},
                   {"Tags": ["t\r\nX-Evil: 1"]}):
        answer = web.post(f"{API}/send", {**SENT, **change})
        check(answer.status in (200, 400), answer)
        if answer.status == 200:
            raw = web.get(f"{API}/message/{answer.json['ID']}/raw").body
            check(not re.search(rb"^X-Evil:", raw, re.MULTILINE), change, raw[:600])


@tap.table("POST /send with a body that is {}: 400 and JSON", [("empty", b""), ("half", b'{"From":'), ("no object", b"[]"), ("no UTF-8", b'{"Subject":"\xff"}'), ("words", b"hello")])
def send_no_json(what, body):
    answer = shared.post(f"{API}/send", body, headers={"Content-Type": "application/json"}).expect(400, "application/json")
    match(answer.json, {"Error": TEXT})


@tap.case("POST /send of more than the maximum message size: 413 with the same JSON; of nearly as much: 200", timeout=60)
def send_large(folder):
    _, web = start(folder, options=["--max-message-size", "2M"])
    for size, status in ((1_000_000, 200), (3_000_000, 413)):
        body = {**SENT, "Attachments": [{"Content": base64.b64encode(b"x" * size).decode(), "Filename": "f"}]}
        answer = web.post(f"{API}/send", body).expect(status, "application/json")
        match(answer.json, {"ID": ID} if status == 200 else {"Error": TEXT})
    equal(web.get(f"{API}/messages").json["total"], 1)


@tap.case("bodies of the other calls are cut at 5 MB: a longer one is an error or is not read, and nothing else suffers")
def body_limit(folder):
    _, web, ids = three(folder)
    body = b'{"Read":true,"Padding":"' + b"x" * 6_000_000 + b'","IDs":["' + ids["a"].encode() + b'"]}'
    answer = web.put(f"{API}/messages", body)
    check(answer.status in (400, 413), answer)
    equal(read_state(web), {"a": False, "b": False, "c": False})


# ---- release, checks, chaos, info

@tap.case("POST release without a relay: 400 in plain text, whatever the body is; GET /webui says it is not enabled")
def release():
    for body in ({"To": ["x@y.test"]}, {"To": []}, {}, b"{bad", {"to": ["x@y.test"]}):
        answer = shared.post(f"{API}/message/{keys['plain']}/release", body).expect(400, "text/plain")
        check(answer.body.strip(), "no words")
    equal(shared.get(f"{API}/webui").json["MessageRelay"]["Enabled"], False)


@tap.case("sa-check does not exist while no spam test is set up, and GET /webui says so")
def spam_off():
    shared.get(f"{API}/message/{keys['plain']}/sa-check").expect(404, "text/plain")
    shared.get(f"{API}/message/latest/sa-check").expect(404, "text/plain")
    equal(shared.get(f"{API}/webui").json["SpamAssassin"], False)


@tap.case("chaos is off: 400 in these words for both calls, and GET /webui says so")
def chaos_off():
    shared.get(f"{API}/chaos").expect(400, "text/plain", "Chaos is not enabled")
    for body in ({}, {"Sender": {"ErrorCode": 451, "Probability": 50}}, b"{bad"):
        shared.put(f"{API}/chaos", body).expect(400, "text/plain", "Chaos is not enabled")
    equal(shared.get(f"{API}/webui").json["ChaosEnabled"], False)


@tap.case("GET /info: every key; the counts follow what happens")
def info(folder):
    server, web = start(folder, LETTERS["plain"], LETTERS["invoice"])
    found = web.get(f"{API}/info").expect(200, "application/json").json
    match(found, INFO)
    equal((found["Messages"], found["Unread"], found["Tags"]), (2, 2, {}))
    check(found["Version"] and "\n" not in found["Version"] and found["Database"] and found["DatabaseSize"] > 0, found)
    stats = found["RuntimeStats"]
    equal((stats["SMTPAccepted"], stats["SMTPRejected"], stats["SMTPIgnored"], stats["MessagesDeleted"]), (2, 0, 0, 0))
    check(stats["SMTPAcceptedSize"] >= len(LETTERS["plain"][2]) + len(LETTERS["invoice"][2]), stats)
    check(0 <= stats["Uptime"] < 600 and stats["Memory"] > 0, stats)
    ids = ids_by_key(web)
    web.ok("PUT", f"{API}/tags", {"IDs": list(ids.values()), "Tags": ["t"]})
    web.get(f"{API}/message/{ids['plain']}")
    web.ok("DELETE", f"{API}/messages", {"IDs": [ids["invoice"]]})
    found = web.get(f"{API}/info").json
    equal((found["Messages"], found["Unread"], found["Tags"], found["RuntimeStats"]["MessagesDeleted"]), (1, 0, {"t": 1}, 1))


@tap.case("GET /webui: every key, with the types the e2e test of mailpit-api demands")
def webui():
    match(shared.get(f"{API}/webui").expect(200, "application/json").json, WEBUI)


RESULT = {"Name": TEXT, "Platform": TEXT, "Family": TEXT, "Version": TEXT,
          "Support": Some(str, test=lambda s: s in ("yes", "no", "partial"), words="yes, no or partial"), "NoteNumber": TEXT}
WARNING = {"Slug": TEXT, "Title": TEXT, "Description": TEXT, "URL": TEXT,
           "Category": Some(str, test=lambda s: s in ("css", "html"), words="css or html"), "Tags": [TEXT], "Keywords": TEXT,
           "Results": [RESULT], "NotesByNumber": Some(dict),
           "Score": {"Found": WHOLE, "Supported": NUMBER, "Partial": NUMBER, "Unsupported": NUMBER}}
CHECKED = {"Warnings": [WARNING], "Platforms": Some(dict),
           "Total": {"Tests": WHOLE, "Nodes": WHOLE, "Supported": NUMBER, "Partial": NUMBER, "Unsupported": NUMBER}}


@tap.case("GET html-check: the shape, warnings for what mail programs cannot show; 400 without HTML")
def html_check(folder):
    _, web = start(folder)
    page = ('<html><head><style>.a{display:grid;position:fixed}@media (max-width:600px){.a{color:red}}</style></head><body>'
            '<video src="x"></video><form action="x"><input required></form><p style="display:flex">x</p></body></html>')
    found = web.get(f"{API}/message/{send(web, HTML=page)['ID']}/html-check").expect(200, "application/json").json
    match(found, CHECKED)
    check(found["Warnings"], "no warning at all")
    check(all(w["Results"] for w in found["Warnings"]), "a warning without results")
    for platform, names in found["Platforms"].items():
        match(names, [TEXT], platform)
    slugs = " ".join(w["Slug"] for w in found["Warnings"])
    for part in ("grid", "video"):
        check(part in slugs, f"{part} is not warned of: {slugs}")
    match(shared.get(f"{API}/message/{keys['invoice']}/html-check").expect(200).json, CHECKED)
    shared.get(f"{API}/message/{keys['plain']}/html-check").expect(400, "text/plain", "message does not contain HTML")


@tap.case("GET link-check: the shape, each link once; which beside those of <a> count, and whether addresses of this machine are asked, is left open", timeout=60)
def link_check(folder):
    _, web = start(folder)
    page = '<a href="http://127.0.0.1:9/a">a</a> <a href="http://127.0.0.1:9/a">again</a> <img src="http://127.0.0.1:9/b.png">'
    found = send(web, HTML=page, Text="see http://127.0.0.1:9/c here", Headers={})
    for follow in ("", "?follow=true", "?follow=1", "?follow=false"):
        answer = web.get(f"{API}/message/{found['ID']}/link-check{follow}", seconds=30).expect(200, "application/json").json
        match(answer, {"Errors": WHOLE, "Links": [{"URL": TEXT, "StatusCode": WHOLE, "Status": TEXT}]})
        urls = sorted(link["URL"] for link in answer["Links"])
        check("http://127.0.0.1:9/a" in urls and len(set(urls)) == len(urls), urls)
        check(set(urls) <= {f"http://127.0.0.1:9/{x}" for x in ("a", "b.png", "c")}, urls)
        check(answer["Errors"] <= len(urls), answer)
    without = send(web, HTML="<p>no link</p>", Text="none", Headers={})
    match(web.get(f"{API}/message/{without['ID']}/link-check").expect(200).json, {"Errors": 0, "Links": ()})


@tap.case("GET swagger.json describes the calls")
def swagger():
    found = shared.get(f"{API}/swagger.json").expect(200, "application/json").json
    check("swagger" in found or "openapi" in found, sorted(found))
    paths = " ".join(found["paths"])
    for path in ("/messages", "/message/{", "/search", "/send", "/tags", "/info", "/webui", "/chaos", "/release", "/raw", "/headers"):
        check(path in paths, f"{path} is not in {paths}")


# ---- HTTP

@tap.case("OPTIONS on every path under /api/v1 is 200 and empty")
def options():
    for path in ("/messages", "/message/latest", "/send", "/tags", "/search", "/whatever/there/is"):
        answer = shared.request("OPTIONS", API + path).expect(200)
        equal(answer.body, b"", path)


@tap.case("gzip when the client takes it, and only then; the content is the same")
def gzipped():
    for path in (f"{API}/messages", f"{API}/message/{keys['big']}/raw", f"{API}/message/{keys['big']}", "/"):
        plain = shared.get(path).expect(200)
        check(plain.headers.get("Content-Encoding") in (None, "identity"), path)
        packed = shared.get(path, headers={"Accept-Encoding": "gzip, deflate"}).expect(200)
        equal(packed.headers.get("Content-Encoding"), "gzip", path)
        if path != "/":
            equal(packed.unpacked(), plain.body, path)
        check("accept-encoding" in (packed.headers.get("Vary") or "").lower(), f"Vary of {path}")
        refused = shared.get(path, headers={"Accept-Encoding": "gzip;q=0"}).expect(200)
        check(refused.headers.get("Content-Encoding") in (None, "identity"), "gzip;q=0 was not heard")
    picture = shared.get(f"{API}/message/{keys['invoice']}/part/1.2", headers={"Accept-Encoding": "gzip"})
    equal(picture.unpacked(), PICTURE)


@tap.case("an Origin of our own is allowed and echoed, with the methods and headers that are told")
def own_origin():
    answer = shared.get(f"{API}/messages", headers={"Origin": shared.origin}).expect(200)
    equal(answer.headers.get("Access-Control-Allow-Origin"), shared.origin)
    equal(answer.headers.get("Access-Control-Allow-Headers"), "*")
    methods = {m.strip() for m in (answer.headers.get("Access-Control-Allow-Methods") or "").split(",")}
    equal(methods, {"GET", "POST", "DELETE", "PUT", "OPTIONS"})


@tap.table("Origin {}: 403, and nothing is done", [("http://evil.example",), ("null",), ("http://127.0.0.1:1",), ("https://localhost.evil.example",), ("file://",)])
def foreign_origin(folder, origin):
    _, web, _ = three(folder)
    for method, path, body in (("GET", "/messages", None), ("DELETE", "/messages", None), ("PUT", "/messages", {"Read": True}),
                               ("POST", "/send", SENT), ("OPTIONS", "/messages", None)):
        answer = web.request(method, API + path, body, headers={"Origin": origin})
        answer.expect(403, "text/plain", "Blocked due to CORS violation")
        check(answer.headers.get("Access-Control-Allow-Origin") is None, "the origin was allowed")
    equal(read_state(web), {"a": False, "b": False, "c": False})


@tap.case("always sent: Referrer-Policy, and a policy for content; errors too")
def always():
    for path in ("/", f"{API}/messages", f"{API}/message/none", f"{API}/message/{keys['plain']}/raw", f"/view/{keys['html']}.html"):
        answer = shared.get(path)
        equal(answer.headers.get("Referrer-Policy"), "no-referrer", path)
        check(answer.headers.get("Content-Security-Policy"), f"no policy on {path}")


@tap.case("with a user file: 401 with its header and words without a login, 200 with one, and messages tell who sent them")
def login(folder):
    (folder / "users").write_text(f"ann:{SECRET_HASH}\n")
    server, web = start(folder, options=["--web-user", str(folder / "users")])
    for answer in (web.get(f"{API}/messages"), web.post(f"{API}/send", SENT), web.get("/view/latest.html"), web.get("/")):
        check(answer.status == 401, answer)
        equal(answer.headers.get("WWW-Authenticate"), 'Basic realm="Login"')
    equal(web.get(f"{API}/messages").body, b"Unauthorized.\n")
    web.headers["Authorization"] = "Basic " + base64.b64encode(b"ann:secret").decode()
    equal(send(web)["Username"], "ann")
    equal(web.get(f"{API}/messages").json["messages"][0]["Username"], "ann")
    socket = WebSocket(server.web)
    equal(socket.status, 401, "the websocket without a login")
    with WebSocket(server.web, headers=web.headers) as socket:
        equal(socket.event()["Type"], "stats")


# ---- events

def open_events(web):
    socket = WebSocket(web.address)
    socket.__enter__()
    first = socket.event()
    match(first, STATS)
    return socket, first["Data"]


def no_stats(events):
    """The others. Nor new: what was delivered before may be told a moment late, which has a case of its own."""
    return [e for e in events if e["Type"] not in ("stats", "new")]


@tap.case("events: stats on connect; behind a send first new with the whole summary, then stats")
def event_new(folder):
    server, web = start(folder)
    socket, stats = open_events(web)
    equal((stats["Total"], stats["Unread"], stats["Version"]), (0, 0, web.get(f"{API}/info").json["Version"]))
    sent = web.post(f"{API}/send", SENT).expect(200).json["ID"]
    seen = socket.until("stats")
    match(seen, [{"Type": TEXT, "Data": Some(dict)}])
    equal([e["Type"] for e in seen], ["new", "stats"])
    match(seen[0]["Data"], SUMMARY)
    equal(seen[0]["Data"], web.get(f"{API}/messages").json["messages"][0], "the summary of the list")
    equal((seen[0]["Data"]["ID"], seen[1]["Data"]["Total"], seen[1]["Data"]["Unread"]), (sent, 1, 1))
    deliver(server.address, letter("smtp"))
    seen = socket.until("stats")
    equal([(e["Type"], e["Data"].get("Subject")) for e in seen], [("new", "smtp"), ("stats", None)])


@tap.case("events: what a list has shown before the connection is not told as new again", timeout=60)
def event_stale(folder):
    for i in range(5):
        (folder / str(i)).mkdir()
        _, web, _ = three(folder / str(i))
        socket, first = open_events(web)
        equal(first["Total"], 3, "the total told on connect")
        equal(socket.others(0.6), [])


@tap.case("events: several clients at once are greeted by stats at once, each of them")
def event_greeting(folder):
    _, web = start(folder)
    sockets = [WebSocket(web.address) for _ in range(8)]
    for socket in sockets:
        match(socket.event(2), STATS)


@tap.case("events: the last stats behind many letters tell of all of them")
def event_last_stats(folder):
    server, web = start(folder)
    socket, _ = open_events(web)
    deliver(server.address, *[letter(f"s{i}") for i in range(150)])
    seen = []
    while len([e for e in seen if e["Type"] == "new"]) < 150:
        seen.append(socket.event())
    while not seen or seen[-1]["Type"] != "stats" or seen[-1]["Data"]["Total"] < 150:
        seen.append(socket.event(3))


@tap.case("events: update then stats behind a change of read state; a change that changes nothing sends no update")
def event_update(folder):
    _, web, ids = three(folder)
    socket, _ = open_events(web)
    web.ok("PUT", f"{API}/messages", {"Read": True, "IDs": [ids["a"]]})
    seen = socket.until("update") + socket.until("stats")
    equal(no_stats(seen), [{"Type": "update", "Data": {"ID": ids["a"], "Read": True}}])
    equal((seen[-1]["Data"]["Total"], seen[-1]["Data"]["Unread"]), (3, 2))
    web.ok("PUT", f"{API}/messages", {"Read": True, "IDs": [ids["a"]]})
    web.get(f"{API}/message/{ids['a']}").expect(200)
    web.ok("PUT", f"{API}/messages", {"Read": False, "IDs": [ids["a"]]})
    seen = no_stats(socket.until("update"))
    equal(seen, [{"Type": "update", "Data": {"ID": ids["a"], "Read": False}}])
    web.get(f"{API}/message/{ids['b']}").expect(200)
    equal(no_stats(socket.until("update")), [{"Type": "update", "Data": {"ID": ids["b"], "Read": True}}], "reading marks read")
    web.ok("PUT", f"{API}/messages", {"Read": True})
    seen = []
    while len(seen) < 2:
        seen += no_stats(socket.until("update"))
    equal(sorted((e["Data"]["ID"], e["Data"]["Read"]) for e in seen), sorted((ids[k], True) for k in "ac"))


@tap.case("events: tags set are updates with the tags; a rename and a delete of a tag are prune with null")
def event_tags(folder):
    _, web, ids = three(folder)
    socket, _ = open_events(web)
    web.ok("PUT", f"{API}/tags", {"IDs": [ids["a"]], "Tags": ["x"]})
    equal(no_stats(socket.until("update")), [{"Type": "update", "Data": {"ID": ids["a"], "Tags": ["x"]}}])
    web.ok("PUT", f"{API}/tags/x", {"Name": "y"})
    equal(no_stats(socket.until("prune")), [{"Type": "prune", "Data": None}])
    web.ok("DELETE", f"{API}/tags/y")
    equal(no_stats(socket.until("prune")), [{"Type": "prune", "Data": None}])


@tap.case("events: delete for each message that goes, truncate with null when all go")
def event_delete(folder):
    server, web, ids = three(folder)
    deliver(server.address, letter("d"))
    socket, _ = open_events(web)
    web.ok("DELETE", f"{API}/messages", {"IDs": [ids["a"]]})
    seen = socket.until("delete") + socket.until("stats")
    equal(no_stats(seen), [{"Type": "delete", "Data": {"ID": ids["a"]}}])
    equal(seen[-1]["Data"]["Total"], 3)
    web.ok("DELETE", f"{API}/search?query=subject:b")
    equal(no_stats(socket.until("delete")), [{"Type": "delete", "Data": {"ID": ids["b"]}}])
    server.postern("inbox", "delete", "latest")
    check(no_stats(socket.until("delete"))[0]["Data"]["ID"] not in ids.values(), "the command line deletes the newest")
    web.ok("DELETE", f"{API}/messages")
    seen = socket.until("truncate")
    equal(no_stats(seen), [{"Type": "truncate", "Data": None}])
    equal(socket.until("stats")[-1]["Data"]["Total"], 0)


@tap.case("events: more than 200 deletions at once are one prune, 200 are 200 deletes", timeout=60)
def event_prune(folder):
    server, web = start(folder, *[letter(f"p{i}", subject="keep" if i == 0 else "first" if i < 202 else "second") for i in range(402)])
    socket, _ = open_events(web)
    web.ok("DELETE", f"{API}/search?query=subject:first")
    equal(no_stats(socket.until("prune", 20)), [{"Type": "prune", "Data": None}])
    web.ok("DELETE", f"{API}/search?query=subject:second")
    seen = []
    while len(seen) < 200:
        seen += no_stats([socket.event()])
    equal({e["Type"] for e in seen}, {"delete"})
    equal(len({e["Data"]["ID"] for e in seen}), 200)
    equal(web.get(f"{API}/messages").json["total"], 1)


@tap.case("events: an error for each reply of 4xx and 5xx, with the level, the address and the words")
def event_error(folder):
    server, web = start(folder)
    socket, _ = open_events(web)
    with Wire(server.address) as wire:
        wire.hello()
        wire.command("RCPT TO:<b@x.test>", 503)
        wire.command("NONSENSE <b>x</b>", 500)
    for code in ("503", "500"):
        event = no_stats(socket.until("error"))[-1]
        match(event, {"Type": "error", "Data": {"Level": Some(str, test=lambda s: s in ("warning", "error"), words="warning or error"),
                                                "Type": "smtpd", "IP": "127.0.0.1", "Message": TEXT}})
        check(code in event["Data"]["Message"], event)


@tap.case("events: stats come at most 4 a second however much happens, and the last one is right", timeout=60)
def event_rate(folder):
    server, web = start(folder)
    socket, _ = open_events(web)
    began = time.monotonic()
    deliver(server.address, *[letter(f"r{i}") for i in range(200)])
    stats, news = [], 0
    while news < 200 or not stats or stats[-1]["Data"]["Total"] < 200:
        event = socket.event()
        news += event["Type"] == "new"
        if event["Type"] == "stats":
            stats.append(event)
    equal(news, 200, "new events")
    check(len(stats) <= 4 * (time.monotonic() - began) + 2, f"{len(stats)} stats in {time.monotonic() - began:.1f} s")


@tap.case("events: every client gets them, one that reads nothing holds nobody up, one that says nonsense is closed", timeout=60)
def event_clients(folder):
    server, web = start(folder)
    lazy = WebSocket(web.address)
    sockets = [open_events(web)[0] for _ in range(5)]
    rude = WebSocket(web.address)
    rude.send(b"hello", mask=None)  # a client must mask
    subject = "s" * 900
    began = time.monotonic()
    deliver(server.address, *[letter(f"c{i}", subject=f"{subject}{i}") for i in range(1000)])
    for socket in sockets:
        seen = 0
        while seen < 1000:
            seen += socket.event()["Type"] == "new"
    check(time.monotonic() - began < 45, f"{time.monotonic() - began:.1f} s")
    while rude.message(5) is not None:
        pass
    check(lazy.status == 101)
    web.get(f"{API}/info").expect(200)


@tap.case("events: a frame without a mask, sent with the request, is answered by a close frame")
def event_unmasked(folder):
    _, web = start(folder)
    for _ in range(10):
        socket = WebSocket(web.address, behind=b"\x81\x05hello")
        while socket.message(5) is not None:
            pass
        check(socket.closed)


@tap.case("events: a ping is answered, a close is answered, and a plain GET of the path is refused")
def event_protocol(folder):
    _, web = start(folder)
    socket, _ = open_events(web)
    socket.send(b"are you there", opcode=9)
    end = time.monotonic() + 5
    while True:
        _, opcode, payload = socket.frame(end)
        if opcode == 10:
            equal(payload, b"are you there")
            break
    socket.send(struct.pack("!H", 1000), opcode=8)
    while socket.message(5) is not None:
        pass
    check(400 <= web.get("/api/events").status < 500)
    bad = WebSocket(web.address, headers={"Sec-WebSocket-Version": "7"})
    check(bad.status in (400, 426), f"version 7: {bad.status}")
    bad = WebSocket(web.address, headers={"Origin": "http://evil.example"})
    equal(bad.status, 403, "a foreign origin")
    bad = WebSocket(web.address, headers={"Host": "evil.example"})
    equal(bad.status, 403, "a foreign host")


@tap.case("events beside a long time without any: the connection stays, and is closed when the server ends")
def event_end(folder):
    server, web = start(folder)
    socket, _ = open_events(web)
    server.stop()
    try:
        while socket.message(5) is not None:
            pass
    except (tap.Failure, OSError):
        pass  # closed without a close frame, which is left open
    else:
        check(socket.closed)


if __name__ == "__main__":
    tap.main()
