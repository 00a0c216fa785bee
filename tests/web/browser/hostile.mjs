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

async function open({ name, url, own }) {
  const faults = [];
  const fault = (text) => faults.length < 20 && faults.push(String(text).slice(0, 300));
  const context = await browser.newContext({ serviceWorkers: "allow" });
  const isView = new URL(url).pathname.startsWith("/view/"); // the mail alone is the page
  let clicking = false;
  context.on("request", (request) => {
    const to = new URL(request.url());
    if (["data:", "blob:", "about:"].includes(to.protocol)) return;
    const frame = request.serviceWorker() ? null : request.frame();
    const fromPopup = clicking && frame && frame.page() !== page;
    if (to.origin !== origin) {
      if (!fromPopup) elsewhere.push(request);
      return;
    }
    const fromMail = frame && frame.page() === page && (isView || frame !== page.mainFrame());
    if (fromMail && request.method() !== "GET") fault(`${request.method()} ${to.pathname} from the mail`);
    if (fromMail && !own.some((path) => to.pathname.startsWith(path))) asked.add(request);
  });
  // A name without a host leads to us; what is not there does no harm.
  const asked = new Set();
  // What a policy forbids is told as a request too, and as one that failed for that reason.
  const elsewhere = [];
  context.on("response", (response) => {
    if (asked.has(response.request()) && response.status() < 400) fault(`the mail asked for ${new URL(response.url()).pathname} and got it`);
  });
  const page = await context.newPage();
  page.on("dialog", (dialog) => {
    fault(`a dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  page.on("download", (download) => clicking || fault(`a download: ${download.url()}`));
  page.on("websocket", (socket) => socket.url().startsWith(origin.replace("http", "ws")) || fault(`a websocket to ${socket.url()}`));
  page.on("worker", (worker) => worker.url().startsWith(origin) || fault(`a worker: ${worker.url()}`));
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
    if (!response.ok()) return { name, faults, status: response.status() };
    await page.waitForTimeout(250); // for what a page does behind its load event, such as a refresh of 0 s
    await look("opened");
    clicking = true;
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
  for (const request of elsewhere) {
    const why = request.failure()?.errorText ?? "";
    if (!/^(csp|origin|mixed-content)$/.test(why)) fault(`a request to ${request.url()} (${request.resourceType()}; ${why || "under way"})`);
  }
  const shown = frames(page).length;
  await context.close();
  return { name, faults, frames: shown };
}

const next = letters.values();
const work = async () => {
  for (const letter of next) {
    const late = new Promise((done) => setTimeout(done, 3 * SECONDS * 1000, { name: letter.name, faults: [`the browser hangs on it`] }).unref());
    console.log(JSON.stringify(await Promise.race([open(letter), late])));
  }
};
await Promise.all([work(), work(), work()]);
await browser.close();
process.exit(0);
