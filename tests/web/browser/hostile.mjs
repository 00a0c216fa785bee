// hostile.mjs - open pages with hostile mail in them, and tell what the mail got the browser to do
//
// Standard input: {"origin": "http://127.0.0.1:1", "click": false, "letters": [{"name", "url", "own": [paths the mail's
// frame may load]}]}. Each result is one line of JSON: {"name", "faults": [text]}. A page is looked at as it loads;
// with click everything in the mail's frames that can be clicked is clicked then.

import { input, launch } from "./browser.mjs";

const SECONDS = 10; // for one letter
const { origin, click, letters } = await input();
const browser = await launch();

/** What promise gives, or instead if it fails or takes too long: a frame without scripts may never answer. */
const within = (ms, promise, instead) =>
  Promise.race([promise.catch(() => instead), new Promise((done) => setTimeout(done, ms, instead).unref())]);

/** Frames that show what the mail says: all below the page. */
const frames = (page) => page.frames().filter((frame) => frame !== page.mainFrame());

/** The mail alone is the page. */
const isView = (url) => new URL(url).pathname.startsWith("/view/");

/** A page for one letter after another. now: the letter it shows, what it did, and what to hold against it. */
async function desk() {
  const context = await browser.newContext({ serviceWorkers: "allow" });
  const page = await context.newPage();
  const own = { context, page, now: null };
  const fault = (text) => own.now && own.now.faults.length < 20 && own.now.faults.push(String(text).slice(0, 300));
  context.on("request", (request) => {
    const to = new URL(request.url());
    if (!own.now || ["data:", "blob:", "about:"].includes(to.protocol)) return;
    const frame = request.serviceWorker() ? null : request.frame();
    const fromPopup = own.now.isClicking && frame && frame.page() !== page;
    if (to.origin !== origin) {
      if (!fromPopup) own.now.elsewhere.push(request);
      return;
    }
    const fromMail = frame && frame.page() === page && (own.now.isView || frame !== page.mainFrame());
    if (fromMail && request.method() !== "GET") fault(`${request.method()} ${to.pathname} from the mail`);
    if (fromMail && !own.now.own.some((path) => to.pathname.startsWith(path))) own.now.asked.add(request);
  });
  context.on("response", (response) => {
    if (own.now?.asked.has(response.request()) && response.status() < 400)
      fault(`the mail asked for ${new URL(response.url()).pathname} and got it`);
  });
  page.on("dialog", (dialog) => {
    fault(`a dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  page.on("download", (download) => own.now?.isClicking || fault(`a download: ${download.url()}`));
  page.on("websocket", (socket) => socket.url().startsWith(origin.replace("http", "ws")) || fault(`a websocket to ${socket.url()}`));
  page.on("worker", (worker) => worker.url().startsWith(origin) || fault(`a worker: ${worker.url()}`));
  return own;
}

async function open({ page, now }, { name, url }) {
  const fault = (text) => now.faults.length < 20 && now.faults.push(String(text).slice(0, 300));
  const look = async (when) => {
    if (page.url() !== url) fault(`${when}: the page went to ${page.url()}`);
    const title = await within(1000, page.title(), "");
    if (title === "pwned") fault(`${when}: the title became ${title}`);
    for (const frame of page.frames()) {
      // In a frame without scripts this cannot be asked; then nothing has run there either.
      const marked = await within(200, frame.evaluate(() => window.__pwned ?? 0), 0);
      if (marked) fault(`${when}: a script of the mail ran in ${frame.url()}`);
    }
  };
  const began = Date.now();
  try {
    const response = await page.goto(url, { waitUntil: "load", timeout: SECONDS * 1000 });
    if (!response.ok()) return { name, faults: now.faults, status: response.status() };
    await page.waitForTimeout(250); // for what a page does after its load event, such as a refresh of 0 s
    await look("opened");
    now.isClicking = true;
    for (const frame of click ? frames(page) : []) {
      const things = await within(500, frame.$$("a, button, input, area, summary, details, [onclick], text"), []);
      for (const thing of things.slice(0, 12)) {
        await within(300, thing.click({ force: true, timeout: 150, noWaitAfter: true }));
        if (page.url() !== url || Date.now() - began > SECONDS * 1000) break;
      }
    }
    if (click) {
      await page.waitForTimeout(50);
      await look("clicked");
    }
  } catch (trouble) {
    fault(`the browser: ${trouble.message}`);
  }
  for (const request of now.elsewhere) {
    const why = request.failure()?.errorText ?? "";
    if (!/^(csp|origin|mixed-content)$/.test(why)) fault(`a request to ${request.url()} (${request.resourceType()}; ${why || "under way"})`);
  }
  return { name, faults: now.faults, frames: frames(page).length };
}

/** Open letters in turn, in one page. It is replaced after a letter that was clicked in, did something, or got stuck. */
async function work() {
  let own;
  for (const letter of next) {
    own ??= await desk();
    own.now = {
      own: letter.own, isView: isView(letter.url), isClicking: false, faults: [],
      asked: new Set(), // a name without a host leads to us; what is not there does no harm
      elsewhere: [], // what a policy forbids is reported as a request too, and as one that failed for that reason
    };
    const late = new Promise((done) => setTimeout(done, 3 * SECONDS * 1000, { name: letter.name, faults: ["the browser hangs on it"] }).unref());
    const result = await Promise.race([open(own, letter), late]);
    console.log(JSON.stringify(result));
    if (click || result.faults.length > 0 || result.status) {
      own.context.close().catch(() => {});
      own = null;
    }
  }
}

// Those of one kind after each other: the browser then starts no process anew for each.
const next = [...letters.filter(({ url }) => !isView(url)), ...letters.filter(({ url }) => isView(url))].values();
await Promise.all([work(), work(), work()]);
await browser.close();
process.exit(0);
