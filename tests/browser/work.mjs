// work.mjs - what people do with the pages: without script, in the playground, and the rest: search, tags, export, copying, languages

import { readFileSync } from "node:fs";
import { check, context, equal, finish, given, go, live, open, phone, point, poll, swaks } from "./harness.mjs";

const { ids } = given;
const subjects = (page) => page.locator(".messages .what b").allInnerTexts();
const nothingWrong = (page) => check(page.faults.length === 0, page.faults.join("; "));
const api = async (path) => (await fetch(given.origin + path)).json();

// ---- without script

const plain = await context({ javaScriptEnabled: false });
const quiet = async (path) => open(plain, path);

await point("without script: inbox, search, message and its views", async () => {
  const page = await quiet("/");
  equal((await subjects(page)).length, 8, "messages");
  await page.fill("#q", "invoice");
  await page.click("form.search button");
  equal(await subjects(page), ["Invoice 2026-0417"], "found");
  await page.click(".messages .what");
  equal(await page.locator("h1").innerText(), "Invoice 2026-0417", "message");
  for (const [view, selector, words] of [["Text", "pre.source", /1284\.50 EUR/], ["Headers", "table.headers", /Message-ID/], ["Source", "pre.source", /^From: Billing/], ["MIME tree", "table.tree", /application\/pdf/]]) {
    await page.click(`nav.sides >> text=${view}`);
    check(words.test(await page.locator(selector).innerText()), `${view} does not show the message`);
  }
  equal(await page.locator("button.copy:visible, .keys-button:visible, label.all:visible").count(), 0, "buttons that do nothing");
  await page.close();
});

await point("without script: tags, marking and deleting by form", async () => {
  await swaks("Away without script");
  const page = await quiet("/");
  const row = page.locator("li.message", { hasText: "Away without script" });
  await row.locator("input").check();
  await page.click("button[value=read]");
  equal(await row.getAttribute("class"), "message", "read");
  await row.locator(".what").click();
  await page.fill("#tags", "one, two");
  await page.click("button[value=tag]");
  equal(await page.inputValue("#tags"), "one,two", "tags");
  await page.goto(given.origin + "/");
  await row.locator("input").check();
  await page.click("button[value=delete]");
  equal(await row.count(), 0, "the message");
  equal((await subjects(page)).length, 8, "messages");
  await page.close();
});

await point("without script: sessions and the inspector", async () => {
  const page = await quiet("/sessions");
  await page.check("input[name=faults]");
  await page.fill("input[name=code]", "503");
  await page.click("form.filters button");
  equal(await page.locator("tbody tr").count(), 2, "sessions with a 503");
  await page.locator("tr", { hasText: "app.example.org" }).locator("a").click();
  equal(await page.locator(".fault .expected code").first().innerText(), "RCPT", "the missing step");
  const line = page.locator(".timeline > li").nth(1);
  await line.locator("summary").click();
  check(await line.locator(".explained").isVisible(), "a line does not open");
  await page.click("a[href$='view=transcript']");
  check(/^S: 220 [^]*\nC: DATA\nS: 503 /m.test(await page.locator("pre").innerText()), "no transcript");
  await page.close();
});

await point("without script: codes, comparison, a paste", async () => {
  const page = await quiet("/codes");
  await page.fill("#q", "sequence");
  await page.click("form.bar button");
  check((await page.locator("main a[href='/codes/503']").count()) > 0, "503 is not found by its words");
  await go(page, "/compare");
  await page.fill("#a", "250");
  await page.fill("#b", "503");
  await page.click("form.bar button");
  equal(new URL(page.url()).pathname, "/compare/250/503", "address");
  await go(page, "/explain");
  await page.fill("#text", "EHLO a.example\n250 mx\nMAIL FROM:<a@a.example>\n250 ok\nDATA\n503 5.5.1 Bad sequence\n");
  await page.click("form.paste button");
  check(/RCPT/.test(await page.locator("main").innerText()), "the answer does not name RCPT");
  nothingWrong(page);
  await page.close();
});

await point("without script: the playground and the rest say so", async () => {
  const page = await quiet("/try");
  check(/postern play/.test(await page.locator("noscript, .warning").first().innerText()), "/try says nothing");
  await go(page, "/status");
  check((await page.locator(".facts dd").count()) > 10, "no numbers");
  await page.close();
});

// ---- the playground

const rows = (page, kind = "server") => page.locator(`postern-try .row.${kind} .text`).allInnerTexts();
const send = async (page, line) => {
  await page.fill("postern-try input.line", line);
  await page.press("postern-try input.line", "Enter");
};
const state = (page) => page.locator("postern-try .state strong").innerText();
const current = (page) => page.locator("postern-try .diagram .current").first().evaluate((one) => one.textContent.trim().slice(0, 30));
const buttons = (page) => page.locator("postern-try .buttons.next button").allInnerTexts();

async function play(locale) {
  const page = await open(await context({ locale }), "/try");
  await page.waitForSelector("postern-try .buttons.next button");
  return page;
}

await point("the playground: a wrong order is refused and RCPT named", async () => {
  const page = await play("en-GB");
  await send(page, "EHLO me.example");
  await send(page, "MAIL FROM:<ann@example.org>");
  await send(page, "DATA");
  check(/^503 5\.5\.1/.test((await rows(page)).at(-1)), `the last reply is ${(await rows(page)).at(-1)}`);
  const why = page.locator("postern-try dl.why").last();
  equal(await why.locator(".buttons button").allInnerTexts(), ["RCPT", "DATA"], "what to send first");
  equal(await page.locator("postern-try .edge.missing").evaluateAll((all) => all.map((edge) => edge.dataset.commands).join()), "RCPT", "the diagram");
  await why.locator("button").first().click(); // it fills the line
  await page.press("postern-try input.line", "Enter");
  await send(page, "DATA");
  check(/^354/.test((await rows(page)).at(-1)), "behind RCPT DATA is not taken");
  for (const line of ["Subject: Hi", "", "Hello", "."]) await send(page, line);
  check(/^250 2\.0\.0/.test((await rows(page)).at(-1)), "the message is not taken");
  nothingWrong(page);
  await page.context().close();
});

await point("the playground: the diagram walks along, the buttons are the legal ones", async () => {
  const page = await play("en-GB");
  const seen = [[await state(page), await current(page)]];
  check(!(await buttons(page)).includes("MAIL"), "MAIL is offered before EHLO");
  for (const name of ["EHLO", "MAIL", "RCPT", "DATA"]) {
    check((await buttons(page)).includes(name), `${name} is not offered in ${await state(page)}: ${await buttons(page)}`);
    await page.locator("postern-try .buttons.next button", { hasText: new RegExp(`^${name}$`) }).click();
    await page.press("postern-try input.line", "Enter");
    seen.push([await state(page), await current(page)]);
    if (name !== "DATA") check(/^250/.test((await rows(page)).at(-1)), `${name}: ${(await rows(page)).at(-1)}`);
  }
  equal(new Set(seen.map(([label]) => label)).size, 5, `states: ${seen}`);
  equal(new Set(seen.map(([, box]) => box)).size, 5, `boxes: ${seen}`);
  check((await page.locator("postern-try .edge.taken").count()) >= 1, "the last step is not marked");
  nothingWrong(page);
  await page.context().close();
});

await point("the playground: start over, another service, the end, history", async () => {
  const page = await play("en-GB");
  await send(page, "EHLO me.example");
  await page.press("postern-try input.line", "ArrowUp");
  equal(await page.inputValue("postern-try input.line"), "EHLO me.example", "history");
  await page.click("postern-try .again");
  equal((await rows(page)).length, 1, "replies behind start over");
  check(await page.evaluate(() => document.activeElement.matches("postern-try input.line")), "the line has not the focus");
  await page.selectOption("postern-try select", "lmtp");
  check((await buttons(page)).includes("LHLO"), "LMTP does not offer LHLO");
  await send(page, "QUIT");
  check(/^221/.test((await rows(page)).at(-1)), "no 221");
  check(await page.locator("postern-try input.line").isDisabled(), "one may still type");
  nothingWrong(page);
  await page.context().close();
});

await point("the playground in Japanese", async () => {
  const page = await play("ja-JP");
  await send(page, "EHLO me.example");
  await send(page, "MAIL FROM:<ann@example.org>");
  await send(page, "DATA");
  const why = await page.locator("postern-try dl.why").last().innerText();
  check(/[ぁ-ん]/.test(why) && /RCPT/.test(why), why);
  check(/[ぁ-んァ-ン一-龠]/.test(await page.locator("postern-try .diagram").textContent()), "the diagram is not in Japanese");
  nothingWrong(page);
  await page.context().close();
});

// ---- the rest

const main = await context();
await main.grantPermissions(["clipboard-read", "clipboard-write"], { origin: given.origin });
const page = await open(main, "/");
const clipboard = () => page.evaluate(() => navigator.clipboard.readText());

await point("the search finds words, two Japanese characters, and what terms say", async (note) => {
  for (const [words, wanted] of [
    ["invoice", ["Invoice 2026-0417"]], ["品川", ["ご注文の確認（注文番号 20417）", "パスワード再設定のご案内"]], ["倉庫", ["ご注文の確認（注文番号 20417）"]],
    ["パスワード", ["パスワード再設定のご案内"]], ["from:billing", ["Invoice 2026-0417"]], ["tag:ci", ["Build #1284 failed on main"]],
    ["has:attachment -invoice", ["ご注文の確認（注文番号 20417）"]], ["subject:\"reset your\"", ["Reset your password"]], ["nothing-of-that-name", []],
  ]) {
    await go(page, "/");
    await page.fill("#q", words);
    await page.press("#q", "Enter");
    await page.waitForURL(/[?&]q=/);
    equal(await subjects(page), wanted, words);
    equal(await page.inputValue("#q"), words, "the search box");
  }
});

await point("a tag leads to what has it; tags are set on the message's page", async () => {
  await go(page, `/message/${ids.welcome}`);
  await page.fill("#tags", "first, 日本 語");
  await page.click("button[value=tag]");
  await page.waitForLoadState();
  equal(await page.inputValue("#tags"), "first,日本 語", "saved");
  await go(page, "/");
  equal(await page.locator(`#m-${ids.welcome} .tag`).allInnerTexts(), ["first", "日本 語"], "shown in the inbox");
  await page.click(`#m-${ids.welcome} .tag >> text=日本 語`);
  equal(await subjects(page), ["Welcome to Acme, Ann"], "found by it");
  await go(page, `/message/${ids.welcome}`);
  await page.fill("#tags", "");
  await page.click("button[value=tag]");
  await page.waitForLoadState();
  equal((await api(`/api/v1/message/${ids.welcome}`)).Tags, [], "tags taken away");
});

await point("a message is read when it was opened, and can be marked unread", async () => {
  await go(page, `/message/${ids.build}`);
  await go(page, "/");
  equal(await page.locator(`#m-${ids.build}`).getAttribute("class"), "message", "opened");
  await go(page, `/message/${ids.build}`);
  await page.click("button[value=unread]");
  await page.waitForURL(`${given.origin}/`);
  equal(await page.locator(`#m-${ids.build}`).getAttribute("class"), "message unread", "marked");
});

await point("the export is the octets that were sent", async () => {
  for (const key of ["invoice", "ja-order", "welcome"]) {
    await go(page, `/message/${ids[key]}`);
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=Export (.eml)")]);
    const octets = readFileSync(await download.path());
    const sent = Buffer.from(given.letters[key], "base64");
    // what the server puts in front of a message is its own
    check(octets.subarray(octets.length - sent.length).equals(sent), `${key}: ${octets.length} octets, sent were ${sent.length}`);
    const front = octets.subarray(0, octets.length - sent.length).toString();
    check(front === "" || /^(Return-Path|Received):/.test(front), `in front of it: ${front.slice(0, 200)}`);
  }
  nothingWrong(page);
});

await point("an attachment is what was sent", async () => {
  await go(page, `/message/${ids.invoice}`);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(".attachments >> text=items.csv")]);
  equal(download.suggestedFilename(), "items.csv", "name");
  equal(readFileSync(await download.path(), "utf8"), "item,amount\r\nConsulting,1200.00\r\nTravel,84.50\r\n", "octets");
});

await point("a session is copied as a transcript, and its link", async () => {
  await go(page, `/sessions/${ids.session}`);
  const button = page.locator("button.copy").first();
  await button.click();
  const text = await poll(clipboard, "the clipboard");
  check(/^S: 220 .*\nC: EHLO app\.example\.org\nS: 250-/.test(text) && /\nC: DATA\nS: 503 5\.5\.1 .*RCPT.*\nC: QUIT\nS: 221 /.test(text), text);
  await page.waitForFunction(() => [...document.querySelectorAll("button.copy")].some((one) => one.textContent === "Copied"));
  await page.locator("button.copy").nth(1).click();
  await poll(async () => (await clipboard()) === `${given.origin}/sessions/${ids.session}`, "the link");
  nothingWrong(page);
});

await point("the language switch keeps the page and the query, and is remembered", async () => {
  const place = await context();
  const page = await open(place, "/?q=invoice&start=0");
  await page.click(".languages [hreflang=ja]");
  await page.waitForURL(/lang=ja/);
  const now = new URL(page.url());
  equal([now.pathname, now.searchParams.get("q"), now.searchParams.get("start")], ["/", "invoice", "0"], "address");
  equal(await page.locator("h1").innerText(), "受信箱", "title");
  equal(await page.inputValue("#q"), "invoice", "query");
  for (const path of ["/", `/message/${ids.invoice}?view=tree`, "/codes/503", "/compare/250/503", "/try", "/status", "/sessions"]) {
    await go(page, path);
    equal(await page.evaluate(() => document.documentElement.lang), "ja", path);
  }
  await go(page, `/message/${ids.invoice}?view=tree`);
  await page.click(".languages [hreflang=en]");
  await page.waitForURL(/lang=en/);
  equal(new URL(page.url()).searchParams.get("view"), "tree", "view");
  await go(page, "/sessions");
  equal(await page.evaluate(() => document.documentElement.lang), "en", "back");
  nothingWrong(page);
  await place.close();
});

await point("a paste explained keeps its answer in the other language", async () => {
  const place = await context();
  const page = await open(place, "/explain");
  await page.fill("#text", "503 5.5.1 Bad sequence of commands");
  await page.click("form.paste button");
  await page.click(".languages [hreflang=ja]");
  await page.waitForURL(/lang=ja/);
  equal(await page.evaluate(() => document.documentElement.lang), "ja", "language");
  nothingWrong(page);
  await place.close();
});

await point("Accept-Language chooses", async () => {
  for (const [locale, wanted] of [["ja-JP", "ja"], ["en-GB", "en"], ["de-DE", "en"]]) {
    const place = await context({ locale });
    const page = await open(place, "/codes/503");
    equal(await page.evaluate(() => document.documentElement.lang), wanted, locale);
    await place.close();
  }
  for (const [languages, wanted] of [["ja", "ja"], ["de, ja;q=0.8, en;q=0.5", "ja"], ["en;q=0.9, ja;q=0.8", "en"]]) {
    const text = await (await fetch(`${given.origin}/codes/503`, { headers: { "Accept-Language": languages } })).text();
    equal(/<html lang="(\w+)"/.exec(text)[1], wanted, languages);
  }
});

const DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
const bring = async (Subject, HTML, Attachments = []) => {
  const answer = await fetch(`${given.origin}/api/v1/send`, { method: "POST", body: JSON.stringify({ From: { Email: "ann@app.example.org" }, To: [{ Email: "bob@example.net" }], Subject, HTML, Attachments }) });
  return (await answer.json()).ID;
};
const away = (id) => fetch(`${given.origin}/api/v1/messages`, { method: "DELETE", body: JSON.stringify({ IDs: [id] }) });

await point("HTML mail shows the pictures it brings, and not what its scripts say", async () => {
  const id = await bring("Pictures", `<p>Before<script>alert("said by a script")</script><ScRiPt>var more = "</b>"</sCrIpT> behind</p><img src="cid:logo">`,
    [{ Content: DOT, Filename: "logo.png", ContentType: "image/png", ContentID: "logo" }]);
  const page = await open(await context(), `/message/${id}`);
  const mail = page.frameLocator("iframe.mail");
  await poll(() => mail.locator("img").evaluate((one) => one.complete && one.naturalWidth === 1), "the picture");
  equal((await mail.locator("p").innerText()).trim(), "Before behind", "its text");
  nothingWrong(page);
  await page.close();
  await away(id);
});

await point("Enter in the field of tags saves them", async () => {
  const id = await bring("Tagged by Enter", "<p>x</p>");
  const page = await open(await context(), `/message/${id}`);
  await page.fill("#tags", "by-enter");
  await page.press("#tags", "Enter");
  await page.waitForURL(`${given.origin}/message/${id}`);
  await poll(async () => (await page.inputValue("#tags")) === "by-enter", "the tag");
  equal((await api(`/api/v1/message/${id}`)).Tags, ["by-enter"], "tags");
  await page.close();
  await away(id);
});

await point("a search that cannot be read as a whole says so", async () => {
  const page = await open(await context(), "/?q=before%3Anonsense");
  check(/was not understood/.test(await page.locator("main .warning").innerText()), "nothing is said");
  await go(page, "/?q=before%3A2099-01-01");
  equal(await page.locator("main .warning").count(), 0, "warnings of a good search");
  await page.close();
});

await point("pages of a hundred messages, and their search", async () => {
  const { default: net } = await import("node:net");
  await new Promise((done, fail) => {
    const socket = net.connect(given.smtp[1], given.smtp[0], () => {
      let text = "EHLO many.example\r\n";
      for (let n = 0; n < 120; n++)
        text += `MAIL FROM:<a@many.example>\r\nRCPT TO:<b@example.net>\r\nBDAT ${60 + String(n).length} LAST\r\nSubject: Many ${n}\r\nFrom: a@many.example\r\n\r\n${"x".repeat(19)}\r\n`.replace(/BDAT \d+/, () => `BDAT ${`Subject: Many ${n}\r\nFrom: a@many.example\r\n\r\n${"x".repeat(19)}\r\n`.length}`);
      socket.write(text + "QUIT\r\n");
    });
    socket.on("error", fail);
    socket.on("close", done);
    socket.resume();
  });
  await poll(async () => (await api("/api/v1/messages?limit=1")).total === 128, "all of them");
  const page = await open(await context(), "/?q=many");
  await live(page);
  equal((await subjects(page)).length, 50, "on the first page");
  await page.click(".pages [rel=next]");
  await page.click(".pages [rel=next]");
  equal((await subjects(page)).at(-1), "Many 0", "the last");
  check(/q=many/.test(page.url()), page.url());
  await page.click(".pages [rel=prev]");
  equal((await subjects(page)).length, 50, "back");
  await page.setViewportSize(phone);
  check(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth), "too wide on a phone");
  await page.check(".select-all");
  equal(await page.locator("input[name=id]:checked").count(), 50, "all selected");
  await page.click("button[value=delete]");
  await poll(async () => (await api("/api/v1/messages?limit=1")).total === 78, "fifty deleted");
  nothingWrong(page);
});

await finish();
