#!/usr/bin/env python3
"""Hostile mail (hostile.py): every answer about it is quick, well formed and without a script of its
own, and meanwhile mail goes on: what it does to a browser is for test_hostile_browser.py.
"""
# takes: 60
# timeout: 900

import html.parser
import pathlib
import re
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import tap
from hostile import CORPUS
from letters import letter
from server import IS_SANITIZED, Server, run
from tap import check, equal, swift
from web import Web
from wire import Closed, Wire, stuff

PAGE_SECONDS = 2
MAIL_SECONDS = 1
shared = None
# Types a browser would run or draw in our origin.
RUNNABLE = re.compile(r"^(text/(html|xml|xsl|javascript|vtt|cache-manifest|css)|image/svg\+xml|application/(xhtml\+xml|xml|pdf|javascript|wasm|"
                      r"x-shockwave-flash|x-javascript|ecmascript)|.*\+xml|multipart/.*|message/.*)$", re.IGNORECASE)
DISPOSITION = re.compile(r"""^(inline|attachment)(; ?filename="[ !#-\[\]-~]*")?(; ?filename\*=UTF-8''[!#$&+.^_`|~0-9A-Za-z%-]*)?$""", re.IGNORECASE)
TYPE = re.compile(r"^[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}(; ?[a-z0-9-]+=(\"[ !#-\[\]-~]*\"|[!#$%&'*+.^_`|~0-9A-Za-z-]+))*$", re.IGNORECASE)


class Mailing:
    """A letter every 200 ms, and how long each waited for its 250."""

    def __init__(self, address):
        self.address, self.waits, self.trouble = address, [], []
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def _work(self):
        try:
            with Wire(self.address, seconds=20) as wire:
                wire.hello()
                while not self.stopped.wait(0.2):
                    sender, to, octets = letter("meanwhile")
                    began = time.monotonic()
                    wire.message(octets, sender, to)
                    self.waits.append(time.monotonic() - began)
        except Exception as trouble:  # told by stop()
            self.trouble.append(repr(trouble))

    def stop(self):
        """How long the slowest waited, in seconds."""
        self.stopped.set()
        self.thread.join(30)
        check(not self.thread.is_alive() and not self.trouble, f"mail did not go on: {self.trouble or 'no answer'}")
        check(self.waits, "no letter in the meantime")
        return max(self.waits)


def bring(server, folder, hostile):
    """Get it into the store: by SMTP, and if that refuses it by import. The refusal, or None."""
    octets = hostile.octets()
    refusal = None
    with Wire(server.address, seconds=60) as wire:
        wire.hello()
        wire.envelope("evil@evil.invalid", "victim@x.test")
        wire.command("DATA", 354)
        try:
            wire.send(stuff(octets))
            reply = wire.reply()
        except (Closed, OSError) as closed:
            raise tap.Failure(f"the server closed instead of answering: {closed!r}") from None
    if reply.code != 250:
        check(500 <= reply.code < 600 and reply.enhanced and len(reply.text) > 15, f"refused, but not clearly: {reply}")
        refusal = str(reply)
        file = folder / "hostile.eml"
        file.write_bytes(octets)
        done = run("inbox", "import", file, "--to", "victim@x.test", "--store", server.store)
        if done.returncode:
            check(done.returncode == 1 and done.stderr, f"import: {done.returncode} {done.stderr!r}")
            raise tap.Skip(f"refused by SMTP ({reply.code} {reply.enhanced}) and by import")
    return refusal


class Reader(html.parser.HTMLParser):
    """What a page of ours is made of, as far as mail could have put it there."""

    def __init__(self):
        super().__init__()
        self.faults, self.frames, self.inside = [], [], None

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        for name, value in attrs:
            if name.startswith("on"):
                self.faults.append(f"<{tag} {name}=…>")
            if name in ("href", "src", "action", "formaction", "data") and re.match(r"[\s\x00-\x1f]*(javascript|vbscript|data:text|data:image/svg)", value or "", re.IGNORECASE):
                self.faults.append(f"<{tag} {name}={value[:60]!r}>")
            if name in ("src", "href", "action", "background", "poster", "srcset", "data") and "evil.invalid" in (value or "") and tag != "a":
                self.faults.append(f"<{tag} {name}={value[:60]!r}>")
        if tag in ("iframe", "frame", "object", "embed"):
            self.frames.append((tag, values))
        if tag == "script":
            self.inside = ""
            if "src" not in values and values.get("type") not in ("application/json", "importmap") and "nonce" not in values:
                self.faults.append("<script> without src and nonce")

    def handle_data(self, data):
        if self.inside is not None:
            self.inside += data

    def handle_endtag(self, tag):
        if tag == "script" and self.inside is not None:
            if "pwned" in self.inside:
                self.faults.append("mail's words in a script")
            self.inside = None


def directives(policy):
    found = {}
    for directive in policy.split(";"):
        name, *values = directive.split()[:100] or [""]
        found.setdefault(name.lower(), [v.lower() for v in values])
    return found


def check_view_policy(answer):
    """The policy of a letter's page: nothing but inline styles and pictures of our own."""
    for policy in answer.headers.get_all("Content-Security-Policy") or [""]:
        rules = directives(policy)
        if "sandbox" in rules:
            break
    equal(rules.get("default-src"), ["'none'"], f"{answer.asked}: default-src of {policy!r}")
    check("sandbox" in rules, f"{answer.asked}: no sandbox in {policy!r}")
    check(not set(rules["sandbox"]) & {"allow-scripts", "allow-same-origin", "allow-forms", "allow-top-navigation", "allow-modals"},
          f"{answer.asked}: the sandbox allows too much: {policy!r}")
    for name in rules:
        if name.endswith("-src") or name.startswith("script-src"):
            allowed = {"style-src": {"'unsafe-inline'", "'none'"}, "img-src": {"'self'", "data:", "'none'"}, "font-src": {"data:", "'none'"}}
            own = {v for v in rules[name] if v.startswith("http://127.0.0.1")}
            check(set(rules[name]) - own <= allowed.get(name, {"'none'"}), f"{answer.asked}: {name} of {policy!r}")
    for name in ("base-uri", "form-action"):
        equal(rules.get(name), ["'none'"], f"{answer.asked}: {name} of {policy!r}")


def check_headers(answer):
    for name, value in answer.headers.items():
        check(not re.search(r"[\x00-\x1f\x7f]", value), f"{answer.asked}: a control character in {name}: {value!r}")
        check(name.lower() not in ("x-pwned", "set-cookie"), f"{answer.asked}: mail made a header: {name}: {value!r}")
        check(len(value) < 8192, f"{answer.asked}: {name} has {len(value)} characters")
    equal(answer.headers.get("X-Content-Type-Options"), "nosniff", f"{answer.asked}: X-Content-Type-Options")
    check(TYPE.match(answer.headers.get("Content-Type") or ""), f"{answer.asked}: Content-Type {answer.headers.get('Content-Type')!r}")
    disposition = answer.headers.get("Content-Disposition")
    check(disposition is None or DISPOSITION.match(disposition), f"{answer.asked}: Content-Disposition {disposition!r}")


class Asked:
    """Asks, and looks at what every answer must have in common."""

    def __init__(self, web):
        self.web, self.slow = web, []

    def __call__(self, path, refusable=False):
        answer = None

        def ask():
            nonlocal answer
            began = time.monotonic()
            answer = self.web.get(path, seconds=20)
            return time.monotonic() - began
        try:
            swift(ask, PAGE_SECONDS, f"GET {path}")
        except tap.Failure as slow:
            if answer is None:
                raise
            self.slow.append(str(slow))
        check_headers(answer)
        if answer.status != 200:
            check(refusable and 400 <= answer.status < 500 and len(answer.body.strip()) > 10, f"no 200, and not clearly why not: {answer!r}")
        return answer


def look(web, identity, hostile):
    """Every route about one message."""
    asked = Asked(web)
    base = f"/api/v1/message/{identity}"
    page = asked(f"/message/{identity}", refusable=hostile.huge)
    if page.status == 200:
        equal(page.type, "text/html")
        reader = Reader()
        reader.feed(page.body.decode("utf-8", "strict"))
        reader.close()
        check(not reader.faults, f"the page has of the mail: {reader.faults[:5]}")
        for tag, values in reader.frames:
            equal(tag, "iframe", "what the page embeds")
            check("sandbox" in values, f"a frame without sandbox: {values}")
            check(not set((values["sandbox"] or "").split()) & {"allow-scripts", "allow-top-navigation", "allow-forms", "allow-modals"}, values)
    message = asked(base, refusable=hostile.huge)
    asked(f"{base}/headers", refusable=hostile.huge)
    equal(asked(f"{base}/raw").type, "text/plain")
    view = asked(f"/view/{identity}.html", refusable=True)
    if view.status == 200:
        check_view_policy(view)
    check(view.status == 200 or not hostile.has_html or hostile.huge, f"no page of a letter with HTML: {view!r}")
    asked(f"/view/{identity}.txt", refusable=hostile.huge)
    asked(f"{base}/html-check", refusable=True)
    asked("/api/v1/messages")
    asked("/api/v2/messages?limit=2")
    asked("/")
    parts = []
    if message.status == 200:
        equal(message.type, "application/json")
        found = message.json
        parts = found["Attachments"] + found["Inline"]
    for number in [file["PartID"] for file in parts[:40] + parts[-5:]] + ["0", "1", "2", "1.1"]:
        answer = asked(f"{base}/part/{number}", refusable=True)
        if answer.status != 200:
            continue
        policy = directives(answer.headers.get("Content-Security-Policy") or "")
        is_boxed = "sandbox" in policy and "allow-scripts" not in policy["sandbox"]
        disposition = (answer.headers.get("Content-Disposition") or "").lower()
        check(not RUNNABLE.match(answer.type) or is_boxed or disposition.startswith("attachment"),
              f"{answer.asked}: {answer.type} could run in our origin: {answer.headers.items()}")
        thumb = asked(f"{base}/part/{number}/thumb", refusable=True)
        check(thumb.status != 200 or thumb.type == "image/jpeg", thumb)
    check(not asked.slow, f"slower than {PAGE_SECONDS} s: {asked.slow}")


def examine(server, folder, hostile):
    web = Web(server.web)
    mail_role, web_role = server.role(), server.role("web")
    before = web.get("/api/v1/messages?limit=1").expect(200).json["total"]
    refusal = bring(server, folder, hostile)
    found = web.get("/api/v1/messages?limit=1", seconds=20).expect(200).json
    equal(found["total"], before + 1, f"messages; SMTP said {refusal or '250'}")

    def meanwhile():
        mailing = Mailing(server.address)
        try:
            look(web, found["messages"][0]["ID"], hostile)
        except tap.Failure as failure:
            mailing.stopped.set()
            ended = "" if (server.role(), server.role("web")) == (mail_role, web_role) else "; a process ended"
            raise tap.Failure(str(failure) + ended) from None
        tap.poll(lambda: mailing.waits or mailing.trouble, 10, "a letter in the meantime")
        equal((server.role(), server.role("web")), (mail_role, web_role), "the processes of the mail and the web role; before:")
        return mailing.stop()
    swift(meanwhile, MAIL_SECONDS, "the slowest 250 of a letter")


@tap.before
def open_house(folder):
    """One server for the letters that are small: they lie beside each other in its lists."""
    global shared
    shared = Server(folder, web="127.0.0.1:0")


@tap.table("hostile mail is answered for quickly and harmlessly: {}", [(name,) for name, one in CORPUS.items() if not one.huge], timeout=60)
def hostile_mail(folder, name):
    examine(shared, folder, CORPUS[name])


@tap.table("mail that is too much is answered for quickly, or refused in words: {}", [(name,) for name, one in CORPUS.items() if one.huge], timeout=90)
def huge_mail(folder, name):
    examine(Server(folder, web="127.0.0.1:0"), folder, CORPUS[name])


@tap.case("mail that is read many times at once, of the worst kinds, does not hold up other mail or other pages", timeout=180)
def together(folder):
    server = Server(folder, web="127.0.0.1:0")
    web = Web(server.web, seconds=60)
    mail_role, web_role = server.role(), server.role("web")
    for name in ("mime-100000-attachments", "headers-200000", "html-deep", "rfc822-20000-deep", "to-100000"):
        try:
            bring(server, folder, CORPUS[name])
        except tap.Skip:
            pass
    known = [m["ID"] for m in web.get("/api/v1/messages").expect(200).json["messages"]]

    def meanwhile():
        mailing = Mailing(server.address)
        pages.append(flood(web, [f"{base}{i}" for i in known for base in ("/api/v1/message/", "/message/")]))
        slowest = mailing.stop()
        equal((server.role(), server.role("web")), (mail_role, web_role), "the processes")
        return slowest
    pages = []
    swift(meanwhile, MAIL_SECONDS, "the slowest 250 of a letter")
    check(min(pages) < (60 if IS_SANITIZED else 5), f"a small answer waited {pages} s")


def flood(web, paths):
    """Ask for each path again and again for 5 s. How long the slowest small answer took meanwhile, in seconds."""
    stopped, trouble = threading.Event(), []

    def read(path):
        while not stopped.is_set():
            try:
                web.get(path)
            except tap.Failure as failure:
                trouble.append(str(failure))
    threads = [threading.Thread(target=read, args=(path,), daemon=True) for path in paths]
    for thread in threads:
        thread.start()
    began, waits = time.monotonic(), []
    while time.monotonic() - began < 5:
        at = time.monotonic()
        web.get("/api/v1/tags").expect(200)
        waits.append(time.monotonic() - at)
    stopped.set()
    for thread in threads:
        thread.join(60)
    check(not trouble, trouble[:3])
    return max(waits)


if __name__ == "__main__":
    tap.main()
