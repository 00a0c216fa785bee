// live.mjs - what happens is seen on the open pages at once: mail, deletions, sessions line by line; also behind a server that was away

import { readFileSync, readlinkSync } from "node:fs";
import net from "node:net";
import { Wire, check, context, equal, finish, given, live, open, point, poll, postern, swaks } from "./harness.mjs";

const SECOND = 1000;

/** From now on the page notes when a text appears in it and when it goes. */
async function observe(page) {
  await page.evaluate(() => {
    window.stayed = true; // gone when the page is loaded again
    window.waitFor = (text, isThere) => new Promise((done) => {
      const look = () => {
        if (document.querySelector("main").textContent.includes(text) !== isThere) return;
        observer.disconnect();
        done(Date.now());
      };
      const observer = new MutationObserver(look);
      observer.observe(document.querySelector("main"), { childList: true, subtree: true, characterData: true, attributes: true });
      look();
    });
  });
}

/** Milliseconds between the end of what act does and its sight in the page. */
async function measure(page, text, isThere, act) {
  const seen = page.evaluate(([text, isThere]) => window.waitFor(text, isThere), [text, isThere]);
  await act();
  const end = Date.now();
  return (await seen) - end;
}

const stayed = async (page) => check(await page.evaluate(() => window.stayed), "the page was loaded again");
const nothingWrong = (page) => check(page.faults.length === 0, page.faults.join("; "));
const times = (list) => `${list.join(", ")} ms behind its end`;

/** Some rounds of act(n); each must be seen in a second. A negative time: it was seen while act still ran. */
async function rounds(page, what, text, isThere, act, note, count = 5) {
  const found = [];
  for (let n = 0; n < count; n++) found.push(await measure(page, text(n), isThere, () => act(n)));
  note(`${what}: seen ${times(found)}`);
  check(Math.max(...found) < SECOND, `too late: ${found}`);
  await stayed(page);
  nothingWrong(page);
}

async function message(subject) {
  const found = await (await fetch(`${given.origin}/api/v1/search?query=${encodeURIComponent(`subject:"${subject}"`)}`)).json();
  check(found.messages.length === 1, `${found.messages.length} messages with ${subject}`);
  return found.messages[0].ID;
}

const inbox = await open(await context(), "/");
await live(inbox);
await observe(inbox);

await point("mail appears", (note) => rounds(inbox, "swaks", (n) => `Live one ${n}`, true, (n) => swaks(`Live one ${n}`), note));

await point("deletion is seen", (note) => rounds(inbox, "postern inbox delete", (n) => `Live one ${n}`, false,
  async (n) => postern("inbox", "delete", await message(`Live one ${n}`)), note, 3));

await point("reading is seen", async (note) => {
  const id = given.ids.welcome;
  await inbox.waitForSelector(`#m-${id}.unread`);
  const seen = inbox.evaluate((id) => new Promise((done) => {
    const look = () => { if (!document.getElementById(`m-${id}`).matches(".unread")) done(Date.now()); };
    new MutationObserver(look).observe(document.querySelector("main"), { childList: true, subtree: true });
  }), id);
  const other = await open(await context(), `/message/${id}`);
  const end = Date.now();
  const late = (await seen) - end;
  note(`read on another page: seen ${late} ms behind it`);
  check(late < SECOND, `too late: ${late} ms`);
  await stayed(inbox);
  await other.context().close();
});

await point("mail appears, 20 pages listen", async (note) => {
  const others = [];
  for (let n = 0; n < 20; n++) { // each in a context: a browser opens six connections to a server, for all its pages
    const page = await open(await context(), n % 4 === 3 ? "/sessions" : "/");
    await live(page);
    others.push(page);
  }
  await rounds(inbox, "swaks, 20 other pages listen", (n) => `Crowd ${n}`, true, (n) => swaks(`Crowd ${n}`), note);
  for (const [n, page] of others.entries())
    if (n % 4 !== 3) await page.waitForFunction(() => document.querySelector("main").textContent.includes("Crowd 4"), null, { timeout: 5000 });
  await rounds(inbox, "postern inbox delete, 20 other pages listen", (n) => `Crowd ${n}`, false,
    async (n) => postern("inbox", "delete", await message(`Crowd ${n}`)), note, 3);
  for (const page of others) {
    nothingWrong(page);
    await page.context().close();
  }
}, 120);

await point("a stalled browser slows nobody", async (note) => {
  const stalled = [];
  for (let n = 0; n < 50; n++) {
    const [, host, port] = /^http:\/\/(.*):(\d+)$/.exec(given.origin);
    const socket = net.connect({ port: Number(port), host });
    socket.on("error", () => {});
    socket.pause(); // what comes is never read
    socket.write("GET /api/postern/events?topics=inbox,sessions,lines HTTP/1.1\r\nHost: " + `${host}:${port}` + "\r\n\r\n");
    stalled.push(socket);
  }
  const heard = async () => Number(/^\S*listeners (\d+)/m.exec(await (await fetch(`${given.origin}/metrics`)).text())?.[1]);
  await poll(async () => (await heard()) >= 50, "50 listeners");
  await rounds(inbox, "swaks, 50 connections never read", (n) => `Stall ${n}`, true, (n) => swaks(`Stall ${n}`), note);
  for (let n = 0; n < 150; n++) { // much to tell to those who do not listen: each session is some 15 lines
    const wire = await Wire.open();
    await wire.command("EHLO busy.example", 250);
    await wire.command("QUIT", 221);
    wire.close();
  }
  await rounds(inbox, "the same, behind 2,000 more lines to tell", (n) => `Stall more ${n}`, true, (n) => swaks(`Stall more ${n}`), note);
  stalled.forEach((socket) => socket.destroy());
}, 90);

// ---- a session that goes on

const list = await open(await context(), "/sessions");
await live(list);
await observe(list);
let wire, session, lines;

await point("a session is listed while it goes on", async (note) => {
  const seen = list.evaluate(() => new Promise((done) => {
    const look = () => document.querySelector("main .outcome.open") && done(Date.now());
    new MutationObserver(look).observe(document.querySelector("main"), { childList: true, subtree: true });
  }));
  wire = await Wire.open();
  const end = Date.now();
  const late = (await seen) - end;
  note(`the connection is listed ${late} ms behind the greeting`);
  check(late < SECOND, `too late: ${late} ms`);
  await wire.command("EHLO live.example", 250);
  const row = list.locator("tr", { hasText: `127.0.0.1:${wire.socket.localPort}` });
  equal(await row.locator(".outcome.open").count(), 1, "open");
  session = (await row.getAttribute("id")).slice(2);
  await stayed(list);
});

await point("the inspector follows a session line by line", async (note) => {
  lines = await open(await context(), `/sessions/${session}`);
  await live(lines);
  await observe(lines);
  const found = [];
  for (const [line, code] of [["MAIL FROM:<ann@live.example>", 250], ["NOOP first", 250], ["DATA", 503]]) {
    found.push(await measure(lines, line, true, () => wire.command(line, code)));
    await lines.waitForFunction((line) => [...document.querySelectorAll(".timeline .client .said")].some((one) => one.textContent.includes(line)), line);
  }
  note(`lines: seen ${times(found)}`);
  check(Math.max(...found) < SECOND, `too late: ${found}`);
  await lines.waitForSelector(".timeline li.fault");
  await stayed(lines);
});

await point("the faulty line is marked and the missing step named", async () => {
  const fault = lines.locator(".timeline li.fault");
  equal(await fault.count(), 1, "faulty lines");
  check(/503 5\.5\.1/.test(await fault.locator("summary").innerText()), "the line with the 503 is not the one marked");
  check(await fault.locator("details").evaluate((one) => one.open), "it is not open");
  equal((await fault.locator(".expected code").allInnerTexts())[0], "RCPT", "the missing step");
  check(/RCPT/.test(await lines.locator(".verdict").innerText()), "the verdict does not name RCPT");
  check(await lines.locator(".verdict.bad .facts dt").count() >= 4, "the verdict has no cause, side, why, what to do");
  const shown = await lines.locator(".diagram-panel svg").evaluate((svg) => ({
    current: svg.querySelectorAll(".current").length,
    missing: [...svg.querySelectorAll(".edge.missing")].map((edge) => edge.dataset.commands).join(),
  }));
  equal(shown, { current: 1, missing: "RCPT" }, "the diagram");
  check((await list.locator(`#s-${session} td.bad`).innerText()) === "1", "the list of sessions does not count the fault");
  check(/live\.example/.test(await list.locator(`#s-${session}`).innerText()), "the list of sessions does not name the client");
});

await point("opened lines stay open over a refresh", async () => {
  const third = lines.locator(".timeline > li").nth(2);
  await third.locator("summary").click();
  await lines.locator(".timeline li.fault summary").click(); // shut it
  const id = await third.getAttribute("id");
  await measure(lines, "RSET", true, () => wire.command("RSET", 250));
  await measure(lines, "NOOP second", true, () => wire.command("NOOP second", 250));
  check(await lines.locator(`#${id} > details`).evaluate((one) => one.open), "the opened line is shut");
  check(!(await lines.locator(".timeline li.fault > details").evaluate((one) => one.open)), "the shut line is open");
  equal(await lines.evaluate(() => document.activeElement.closest("li")?.className.includes("fault")), true, "the focus stays");
  await stayed(lines);
});

await point("the end of a session is seen", async (note) => {
  const seen = lines.evaluate(() => new Promise((done) => {
    const look = () => document.querySelector(".outcome.quit") && done(Date.now());
    new MutationObserver(look).observe(document.querySelector("main"), { childList: true, subtree: true });
  }));
  await wire.command("QUIT", 221);
  const end = Date.now();
  const late = (await seen) - end;
  note(`QUIT: seen ${late} ms behind its reply`);
  check(late < SECOND, `too late: ${late} ms`);
  await poll(() => list.locator(`#s-${session} .outcome.quit`).count(), "the list says so too", 2);
  await lines.reload();
  check(await lines.locator(".timeline li.fault .expected").count() === 1, "of the store it is shown otherwise than while it went on");
});

// ---- a server that is away for a while

function webRole() {
  const children = readFileSync(`/proc/${given.supervisor}/task/${given.supervisor}/children`, "utf8").trim().split(" ");
  return children.find((pid) => { try { return readlinkSync(`/proc/${pid}/exe`).endsWith("postern-web"); } catch { return false; } });
}

await point("a lost connection is told, and the page becomes live again", async (note) => {
  const page = await open(await context(), "/");
  await live(page);
  await observe(page);
  const pid = Number(webRole());
  check(pid > 1, "there is no postern-web");
  const words = await page.locator("p.live").getAttribute("data-off");
  const start = Date.now();
  process.kill(pid, "SIGKILL");
  await page.waitForSelector("p.live.off", { timeout: 5000 });
  note(`told ${Date.now() - start} ms behind the kill`);
  equal(await page.locator("p.live").innerText(), words, "what it says");
  const gap = await Wire.open(); // mail is another process: it never was away
  await gap.deliver("In the gap");
  note(`a message was kept (250) ${Date.now() - start} ms behind the kill`);
  gap.close();
  await page.waitForSelector("p.live.on", { timeout: 20000 });
  note(`live again ${Date.now() - start} ms behind the kill`);
  await page.waitForFunction(() => document.querySelector("main").textContent.includes("In the gap"), null, { timeout: 5000 });
  const late = await measure(page, "Behind the gap", true, () => swaks("Behind the gap"));
  check(late < SECOND, `mail behind it is seen too late: ${late} ms`);
  await stayed(page);
  check(Number(webRole()) > 1 && Number(webRole()) !== pid, "no other postern-web runs");
}, 60);

await point("a tab nobody looks at holds no connection", async () => {
  const place = await context();
  const page = await open(place, "/");
  await live(page);
  await observe(page);
  const hide = (isHidden) => page.evaluate((isHidden) => {
    Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);
  await hide(true);
  await swaks("While nobody looked");
  await live(inbox);
  check(!(await page.locator("main").innerText()).includes("While nobody looked"), "it still listened");
  await hide(false);
  await page.waitForFunction(() => document.querySelector("main").textContent.includes("While nobody looked"), null, { timeout: 5000 });
  await live(page);
  await stayed(page);
});

await finish();
