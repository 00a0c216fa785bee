// hostile.mjs - open pages with hostile mail in them, and tell what the mail got the browser to do
//
// Standard input: {"origin": "http://127.0.0.1:1", "letters": [{"name", "url", "own": [paths the mail's frame may load]}]}.
// Each result is one line of JSON: {"name", "faults": [text]}. A page is looked at as it loads, then
// everything in the mail's frames that can be clicked is clicked.

import { input, launch } from "./browser.mjs";

const { origin, letters } = await input();
const browser = await launch();

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
    if (to.origin !== origin) return fromPopup || fault(`a request to ${request.url()} (${request.resourceType()})`);
    const fromMail = frame && frame.page() === page && (isView || frame !== page.mainFrame());
    if (fromMail && request.method() !== "GET") fault(`${request.method()} ${to.pathname} from the mail`);
    if (fromMail && !own.some((path) => to.pathname.startsWith(path))) fault(`the mail asked for ${to.pathname}`);
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
    if (/pwned/.test(await page.title())) fault(`${when}: the title became ${await page.title()}`);
    for (const frame of page.frames()) {
      // In a frame without scripts this cannot be asked; then nothing has run there either.
      const marked = await Promise.race([frame.evaluate(() => window.__pwned ?? 0).catch(() => 0), new Promise((done) => setTimeout(done, 1000, 0))]);
      if (marked) fault(`${when}: a script of the mail ran in ${frame.url()}`);
    }
  };
  try {
    const response = await page.goto(url, { waitUntil: "load", timeout: 20000 });
    if (!response.ok()) return { name, faults, status: response.status() };
    await page.waitForLoadState("networkidle", { timeout: 5000 }).catch(() => {}); // events may keep a connection busy
    await page.waitForTimeout(150); // for what a page does behind its load event, such as a refresh of 0 s
    await look("opened");
    clicking = true;
    for (const frame of frames(page)) {
      const things = await frame.$$("a, button, input, area, summary, details, [onclick], text").catch(() => []);
      for (const thing of things.slice(0, 12)) {
        await thing.click({ force: true, timeout: 300, noWaitAfter: true }).catch(() => {});
        if (page.url() !== url) break;
      }
    }
    await page.waitForTimeout(50);
    await look("clicked");
  } catch (trouble) {
    fault(`the browser: ${trouble.message}`);
  }
  const shown = frames(page).length;
  await context.close();
  return { name, faults, frames: shown };
}

for (const letter of letters) console.log(JSON.stringify(await open(letter)));
await browser.close();
