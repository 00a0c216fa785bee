// harness.mjs - points that a script in a browser shows, pages that note what goes wrong in them, and clients of the server
//
// Standard input is JSON, from drive.py: {"origin", "smtp": [host, port], "store", "program", "supervisor", "ids", …}.
// Each point is one line of JSON: {"point", "faults": [text], "notes": [text]}.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import net from "node:net";
import { input, launch, npm } from "../web/browser/browser.mjs";

export const given = await input();
export const browser = await launch();
export const wide = { width: 1280, height: 800 }, phone = { width: 390, height: 844 };

/** Show one point: body(note) throws where it does not hold. */
export async function point(name, body, seconds = 30) {
  if (process.env.POSTERN_POINTS && !new RegExp(process.env.POSTERN_POINTS).test(name)) return;
  const notes = [], faults = [];
  let timer;
  const late = new Promise((_, fail) => { timer = setTimeout(() => fail(new Error(`still ran after ${seconds} s`)), seconds * 1000); });
  try {
    await Promise.race([body((text) => notes.push(text)), late]);
  } catch (trouble) {
    const where = /\((?:file:\/\/)?\S*\/browser\/(\w+\.mjs:\d+)/.exec(trouble.stack?.replace(/\n.*harness\.mjs.*/g, "") ?? "");
    faults.push(`${where ? where[1] + ": " : ""}${trouble.message}`);
  }
  clearTimeout(timer);
  console.log(JSON.stringify({ point: name, faults, notes }));
}

export async function finish() {
  await browser.close();
  process.exit(0);
}

export function check(condition, words) {
  if (!condition) throw new Error(words);
}

export function equal(found, expected, what = "") {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  check(a === b, `${what}: expected ${b}, found ${a}`);
}

/** Ask again until there is something to return. */
export async function poll(condition, what, seconds = 10) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    check(Date.now() < end, `waited ${seconds} s for: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

// ---- pages

/** A context of its own (cookies, connections). options: those of playwright's newContext. */
export const context = (options = {}) =>
  browser.newContext({ viewport: wide, locale: "en-GB", timezoneId: "UTC", reducedMotion: "reduce", ...options });

/** A page in it. page.faults: errors of the console and the page, requests that failed or went elsewhere. */
export async function open(place, path, expected = 200) {
  const page = await place.newPage();
  page.faults = [];
  watch(page);
  if (path !== undefined) await go(page, path, expected);
  return page;
}

function watch(page) {
  const fault = (text) => page.faults.push(text.slice(0, 300));
  page.on("console", (message) => {
    const isAnswer = page.expected !== 200 && /status of 404/.test(message.text());
    if (["error", "warning"].includes(message.type()) && !isAnswer) fault(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => fault(`page error: ${error.message}`));
  page.on("requestfailed", (request) => {
    if (request.failure()?.errorText !== "net::ERR_ABORTED") fault(`failed: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(given.origin) && !/^(data|blob|about):/.test(request.url())) fault(`elsewhere: ${request.url()}`);
  });
  page.on("response", (response) => {
    const isPage = response.request().isNavigationRequest() && response.frame() === page.mainFrame();
    if (response.status() >= 400 && !isPage) fault(`${response.status()}: ${response.url()}`);
  });
}

export async function go(page, path, expected = 200) {
  page.expected = expected;
  const answer = await page.goto(given.origin + path, { waitUntil: "load" });
  check(answer.status() === expected, `${path}: expected ${expected}, found ${answer.status()}`);
}

/** Wait until the page says that it is live. */
export const live = (page) => page.waitForSelector("p.live.on");

// ---- axe

const axe = readFileSync(npm.resolve("axe-core/axe.min.js"), "utf8");

/** Violations in the page, as texts. What is inside a frame is the mail's. */
export async function violations(page) {
  if (!(await page.evaluate("typeof axe === 'object'"))) await page.evaluate(axe);
  const found = await page.evaluate(() => axe.run(document, { iframes: false, resultTypes: ["violations"] }));
  return found.violations.map((one) => `${one.id} (${one.nodes.length}): ${one.nodes.slice(0, 3).map((node) => `${node.target} ${node.html.slice(0, 120)} – ${node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? ""}`).join(" | ")}`);
}

// ---- clients

/** Run a program to its end; its standard output. */
export function run(program, ...words) {
  return new Promise((done, fail) => {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
    let out = "", err = "";
    child.stdout.on("data", (octets) => { out += octets; });
    child.stderr.on("data", (octets) => { err += octets; });
    child.on("error", fail);
    child.on("exit", (status) => (status === 0 ? done(out) : fail(new Error(`${program} ${words[0]}: ${status}: ${out.slice(-300)}${err.slice(-300)}`))));
  });
}

export const postern = (...words) => run(given.program, ...words, "--store", given.store);

export const swaks = (subject, ...more) =>
  run("swaks", "--server", given.smtp[0], "--port", String(given.smtp[1]), "--from", "ann@app.example", "--to", "bob@example.net",
    "--header", `Subject: ${subject}`, "--body", "Sent by swaks.", "--timeout", "10", ...more);

/** An SMTP connection, step by step. */
export class Wire {
  static async open() {
    const wire = new Wire();
    wire.socket = net.connect(given.smtp[1], given.smtp[0]);
    wire.received = "";
    wire.socket.on("data", (octets) => { wire.received += octets; wire.wake?.(); });
    wire.socket.on("error", () => {});
    await wire.reply();
    return wire;
  }

  /** The next reply, all its lines. */
  async reply() {
    for (;;) {
      const whole = /^(?:\d{3}-.*\r\n)*\d{3}(?: .*)?\r\n/.exec(this.received);
      if (whole) {
        this.received = this.received.slice(whole[0].length);
        return whole[0].trim();
      }
      await new Promise((done, fail) => {
        const timer = setTimeout(() => fail(new Error("no reply in 10 s")), 10000);
        this.wake = () => { clearTimeout(timer); done(); };
      });
    }
  }

  async command(line, code) {
    this.socket.write(`${line}\r\n`);
    const reply = await this.reply();
    if (code) check(reply.startsWith(String(code)), `${line}: expected ${code}, found ${reply}`);
    return reply;
  }

  async deliver(subject) {
    await this.command("EHLO c.example", 250);
    await this.command("MAIL FROM:<ann@app.example>", 250);
    await this.command("RCPT TO:<bob@example.net>", 250);
    await this.command("DATA", 354);
    await this.command(`From: ann@app.example\r\nTo: bob@example.net\r\nSubject: ${subject}\r\n\r\nHello.\r\n.`, 250);
  }

  close() {
    this.socket.destroy();
  }
}
