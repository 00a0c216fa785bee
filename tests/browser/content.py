"""content.py - a small inbox and some conversations, always the same, for the tests that look at the pages"""

import base64
import email.header
import pathlib
import sys
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "web"))
from letters import png
from tap import poll
from wire import Wire


def word(text):
    return email.header.Header(text, "utf-8", maxlinelen=200).encode()


def part(kind, octets, name=None):
    """A MIME part with its head."""
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
    if name:
        head += f'Content-Disposition: attachment; filename="{name}"\r\n'
    return head.encode() + b"\r\n" + base64.encodebytes(octets).replace(b"\n", b"\r\n")


def multipart(kind, *parts):
    mark = f"=_{zlib.crc32(b''.join(parts)):08x}".encode()
    return (b"Content-Type: multipart/" + kind.encode() + b'; boundary="' + mark + b'"\r\n\r\n'
            + b"".join(b"--" + mark + b"\r\n" + one + b"\r\n" for one in parts) + b"--" + mark + b"--\r\n")


def plain(text):
    return part("text/plain; charset=utf-8", text.replace("\n", "\r\n").encode())


def page(text):
    return part("text/html; charset=utf-8", text.encode())


PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n" * 300
SHEET = b"item,amount\r\nConsulting,1200.00\r\nTravel,84.50\r\n"
STYLE = "<style>body{font:16px sans-serif;margin:24px;color:#222}a{color:#0b57a4}</style>"

# (key, from, to, envelope's recipients, subject, tags, body); the last one is the newest
LETTERS = [
    ("backup", "Backups <backup@ops.example>", "ops@example.net", ["ops@example.net"], "Nightly backup finished: 48.2 GB in 12 min", ["ops"],
     plain("host      size     time\ndb-1      31.0 GB  8 min\nfiles-2   17.2 GB  4 min\n\nAll 214 archives were read back and verified.\n")),
    ("newsletter", "Harbour News <news@harbour.example>", "readers@harbour.example", ["ann@example.net", "bob@example.net"],
     "What is new this week", [],
     multipart("alternative", plain("Three stories from the harbour, and the tide table.\n"),
               page(f"<html lang=en><title>News</title>{STYLE}<h1>Harbour News</h1><p>Three stories from the harbour, and the tide table.</p>"))),
    ("build", "CI <ci@build.example>", "Dev Team <dev@example.net>", ["dev@example.net"], "Build #1284 failed on main", ["ci"],
     plain("Step 4 of 6, unit tests: 2 failed, 1816 passed.\n\ntest_checkout_total: expected 84.50, found 84.49\n")),
    ("ja-reset", f"{word('サポート窓口')} <support@shop.example>", "hanako@example.net", ["hanako@example.net"], word("パスワード再設定のご案内"), [],
     plain("花子 様\n\nパスワードの再設定を受け付けました。次のリンクを 30 分以内に開いてください。\n\nhttps://shop.example/reset/7f3a\n\n品川オンラインショップ\n")),
    ("reset", "Acme Accounts <accounts@acme.example>", "Ann Smith <ann@example.net>", ["ann@example.net"], "Reset your password", [],
     multipart("alternative", plain("Hello Ann,\n\nuse this link within 30 minutes: https://acme.example/reset/7f3a\n"),
               page(f"<html lang=en><title>Reset</title>{STYLE}<h1>Reset your password</h1><p>Hello Ann,</p>"
                    "<p><a href='https://acme.example/reset/7f3a'>Choose a new password</a> within 30 minutes.</p>"))),
    ("ja-order", f"{word('品川オンラインショップ')} <order@shop.example>", f"{word('山田花子')} <hanako@example.net>", ["hanako@example.net"],
     word("ご注文の確認（注文番号 20417）"), ["order"],
     multipart("mixed", plain("山田花子 様\n\nご注文ありがとうございます。品川区の倉庫から明日発送します。\n\n万年筆 1 点　12,800 円\n"),
               part("image/png", png(180, 120), "label.png"))),
    ("invoice", "Billing <billing@acme.example>", "Ann Smith <ann@example.net>", ["ann@example.net", "archive@example.net"],
     "Invoice 2026-0417", ["invoice", "paid"],
     multipart("mixed",
               multipart("alternative", plain("Invoice 2026-0417\nTotal: 1284.50 EUR, due 30 April.\n"),
                         page(f"<html lang=en><title>Invoice</title>{STYLE}<h1>Invoice 2026-0417</h1><p>Total: <b>1284.50 EUR</b>, due 30 April.</p>"
                              "<p><a href='https://acme.example/invoice/2026-0417'>See the invoice</a></p>")),
               part("application/pdf", PDF, "invoice-2026-0417.pdf"), part("text/csv", SHEET, "items.csv"))),
    ("welcome", "Acme <hello@acme.example>", "Ann Smith <ann@example.net>", ["ann@example.net"], "Welcome to Acme, Ann", [],
     multipart("alternative", plain("Your account is ready. Say hello whenever you like.\n"),
               page(f"<html lang=en><title>Welcome</title>{STYLE}<h1>Welcome, Ann</h1><p>Your account is ready.</p>"))),
]
READ = ("backup", "newsletter", "reset")
PASTE = """C: EHLO app.example.org
S: 250 mx.example.net
C: MAIL FROM:<ann@app.example.org>
S: 250 2.1.0 OK
C: DATA
S: 503 5.5.1 Bad sequence of commands
"""


def letter(number):
    """The octets of LETTERS[number]."""
    key, sender, to, _, subject, _, body = LETTERS[number]
    head = (f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: Fri, 17 Apr 2026 09:{10 + number}:00 +0000\r\n"
            f"Message-ID: <{key}@test.example>\r\nMIME-Version: 1.0\r\n")
    return head.encode() + body


def converse(address, *lines):
    """A session of these lines, each answered before the next; one without a QUIT is just left."""
    with Wire(address) as wire:
        for line in lines:
            wire.command(line)


def fill(server, web):
    """Deliver LETTERS, tag and read some; hold some conversations that fail. {key: id}; two sessions
    with a 503 are "session" and "dropped"."""
    ids = {}
    for number, (key, sender, _, recipients, _, tags, _) in enumerate(LETTERS):
        address = sender.rpartition("<")[2].rstrip(">")
        with Wire(server.address) as wire:
            wire.hello(address.rpartition("@")[2])
            wire.message(letter(number), address, recipients)
            wire.command("QUIT", 221)
        newest = poll(lambda: web.get("/api/v1/messages?limit=1").expect(200).json["messages"], 10, f"the letter {key}")[0]
        ids[key] = newest["ID"]
        if tags:
            web.ok("PUT", "/api/v1/tags", {"Tags": tags, "IDs": [newest["ID"]]})
    web.ok("PUT", "/api/v1/messages", {"Read": True, "IDs": [ids[key] for key in READ]})
    converse(server.address, "HELO printer", "MAIL FROM: printer@office", "QUIT")
    converse(server.address, "EHLO scanner.office.example", "RCPT TO:<ann@example.net>")
    converse(server.address, "EHLO old.example", "AUTH PLAIN AGFubgBzZWNyZXQ=", "QUIT")
    converse(server.address, "EHLO app.example.org", "MAIL FROM:<ann@app.example.org> SIZE=1284", "DATA", "QUIT")
    for key, hello, outcome in (("dropped", "scanner.office.example", "lost"), ("session", "app.example.org", "quit")):
        ids[key] = poll(lambda: [one["id"] for one in web.get("/api/postern/sessions?code=503").expect(200).json["sessions"]
                                 if one["hello"] == hello and one["outcome"] == outcome], 10, f"the session of {hello}")[0]
    return ids
