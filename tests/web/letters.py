"""letters.py - ordinary mail that the tests of the web pages read, and how it gets there

Every letter has a Message-ID <KEY@app.test>, so a test can speak of it by its key.
"""

import base64
import binascii
import email.header
import hashlib
import struct
import zlib

from tap import poll
from wire import Wire


def png(width=2, height=2):
    """A red picture."""
    def chunk(kind, body):
        return struct.pack("!I", len(body)) + kind + body + struct.pack("!I", binascii.crc32(kind + body))
    rows = (b"\0" + b"\xff\0\0" * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def wrapped(octets):
    """Base64 in lines, as a part carries it."""
    return base64.encodebytes(octets).replace(b"\n", b"\r\n")


def encoded(text, charset="utf-8"):
    return email.header.Header(text, charset).encode().replace("\n", "\r\n").encode()


def attachment(octets, name, kind, part, cid=""):
    """The object an API answer must have for these octets."""
    return {"PartID": part, "FileName": name, "ContentType": kind, "ContentID": cid, "Size": len(octets),
            "Checksums": {"MD5": hashlib.md5(octets).hexdigest(), "SHA1": hashlib.sha1(octets).hexdigest(),
                          "SHA256": hashlib.sha256(octets).hexdigest()}}


PICTURE, REPORT = png(), "a,b\r\n1,2\r\n".encode()
HTML = ('<html><body><h1>Invoice 4711</h1><p>Total: <b>12 euro</b>.</p><img src="cid:logo@app.test" alt="logo">'
        '<p><a href="http://127.0.0.1:9/pay">Pay</a></p></body></html>')
JAPANESE_SUBJECT, JAPANESE_TEXT = "注文の確認", "ご注文ありがとうございます。品川区の倉庫から発送します。"

PLAIN = b"""\
From: "Ann Smith" <ann@app.test>
To: Bob <bob@x.test>, "Doe, Jane" <jane@x.test>
Cc: carol@x.test
Reply-To: Help Desk <help@app.test>
Subject: Plain report
Date: Fri, 02 Jan 2026 03:04:05 +0900
Message-ID: <plain@app.test>
X-Color: blue
X-Color: green

The quick brown fox jumps over 100% of the lazy dogs.
Second line.
""".replace(b"\n", b"\r\n")

INVOICE = b"""\
From: billing@app.test
To: bob@x.test
Subject: Invoice 4711
Date: Mon, 05 Jan 2026 10:00:00 +0000
Message-ID: <invoice@app.test>
MIME-Version: 1.0
List-Unsubscribe: <mailto:leave@app.test>, <https://app.test/leave?u=1>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/related; boundary=middle

--middle
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8

Invoice 4711 as text. Secretword.
--inner
Content-Type: text/html; charset=utf-8

""".replace(b"\n", b"\r\n") + HTML.encode() + b"""
--inner--
--middle
Content-Type: image/png; name=logo.png
Content-Disposition: inline; filename=logo.png
Content-ID: <logo@app.test>
Content-Transfer-Encoding: base64

""".replace(b"\n", b"\r\n") + wrapped(PICTURE) + b"""--middle--
--outer
Content-Type: text/csv
Content-Disposition: attachment; filename="report.csv"
Content-Transfer-Encoding: base64

""".replace(b"\n", b"\r\n") + wrapped(REPORT) + b"--outer--\r\n"

JAPANESE = (b"From: " + encoded("山田太郎", "iso-2022-jp") + b" <yamada@example.jp>\r\n"
            b"To: " + encoded("鈴木花子", "utf-8") + b" <suzuki@example.jp>\r\n"
            b"Subject: " + encoded(JAPANESE_SUBJECT, "iso-2022-jp") + b"\r\n"
            b"Message-ID: <japanese@app.test>\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: text/plain; charset=iso-2022-jp\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
            + JAPANESE_TEXT.encode("iso-2022-jp") + b"\r\n")

WEBPAGE = (b"From: shop@app.test\r\nTo: bob@x.test\r\nSubject: Only HTML\r\nMessage-ID: <html@app.test>\r\n"
           b"MIME-Version: 1.0\r\nContent-Type: text/html; charset=shift_jis\r\n"
           b"Content-Transfer-Encoding: base64\r\n\r\n"
           + wrapped("<p>Hello <b>shopper</b>, 東京 <span title=\"hiddenattribute\">visible</span></p>".encode("shift_jis")))

BARE = b"\r\nno header at all\r\n"

HIDDEN = (b"From: ann@app.test\r\nTo: bob@x.test\r\nSubject: For more than it says\r\nMessage-ID: <hidden@app.test>\r\n\r\n"
          b"Blind.\r\n")

NAMED = (b"From: ann@app.test\r\nTo: bob@x.test\r\nSubject: A named file\r\nMessage-ID: <named@app.test>\r\n"
         b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
         b"--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n"
         b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment;\r\n"
         b" filename*=utf-8''%E8%A6%8B%E7%A9%8D%20%22a%22.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
         + wrapped(b"%PDF-1.4 not really") + b"--b--\r\n")
NAMED_NAME = '見積 "a".pdf'

BIG = (b"From: bulk@app.test\r\nTo: bob@x.test\r\nSubject: Big one\r\nMessage-ID: <big@app.test>\r\n\r\n"
       + (b"x" * 70 + b"\r\n") * 22000)  # 1.58 MB

# key: (envelope sender, envelope recipients, octets), oldest first
LETTERS = {
    "plain": ("ann@app.test", ["bob@x.test", "jane@x.test", "carol@x.test"], PLAIN),
    "invoice": ("bounce@app.test", ["bob@x.test"], INVOICE),
    "japanese": ("yamada@example.jp", ["suzuki@example.jp"], JAPANESE),
    "html": ("shop@app.test", ["bob@x.test"], WEBPAGE),
    "bare": ("", ["bob@x.test"], BARE),
    "hidden": ("ann@app.test", ["bob@x.test", "blind@y.test"], HIDDEN),
    "named": ("ann@app.test", ["bob@x.test"], NAMED),
    "big": ("bulk@app.test", ["bob@x.test"], BIG),
}


def deliver(address, *letters):
    """Send these (sender, recipients, octets) in one session."""
    with Wire(address, seconds=60) as wire:
        wire.hello()
        ids = [wire.message(octets, sender, to) for sender, to, octets in letters]
        wire.command("QUIT", 221)
    return ids


def letter(key, to="bob@x.test", subject=None, body=b"x\r\n", sender="ann@app.test", head=b""):
    """A small letter of this key."""
    octets = (f"From: {sender}\r\nTo: {to}\r\nSubject: {subject or key}\r\nMessage-ID: <{key}@app.test>\r\n".encode()
              + head + b"\r\n" + body)
    return sender, [to], octets


def settle(web, count):
    """Wait until the lists show this many; that they should show them at once has cases of its own."""
    poll(lambda: web.get("/api/v1/messages?limit=1").expect(200).json["total"] == count, 20, f"{count} messages in the list")


def ids_by_key(web):
    """{key: ID} of the letters there are; "bare" is the one whose Message-ID was made up."""
    found = web.get("/api/v1/messages?limit=0").expect(200).json["messages"]
    return {m["MessageID"].removesuffix("@app.test") if m["MessageID"].endswith("@app.test") else "bare": m["ID"]
            for m in found}
