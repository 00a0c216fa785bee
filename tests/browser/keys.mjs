// keys.mjs - the pages by keyboard alone: Tab, the keys of the list of keys, and what must not be one

import { check, context, equal, finish, given, go, live, open, point, poll, swaks } from "./harness.mjs";

const place = await context();
const page = await open(place, "/");
await live(page);

const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
const path = () => page.evaluate(() => location.pathname + location.search);
const arrive = (wanted) => page.waitForURL((url) => url.pathname + url.search === wanted, { timeout: 5000 });
const focused = () => page.evaluate(() => document.activeElement.closest("li, tr")?.id ?? "");
const shown = (page) => page.locator(".messages > li").evaluateAll((all) => all.map((one) => one.id.slice(2)));
const messages = async () => (await (await fetch(`${given.origin}/api/v1/messages?limit=200`)).json()).messages;
const isRead = async (id) => (await messages()).find((one) => one.ID === id)?.Read;

/** Everything that can be operated, as Tab goes: what it does not reach, and what shows no focus. */
async function walk(path) {
  await go(page, path);
  if (path === "/try") await page.waitForSelector("postern-try .buttons.next button");
  const wanted = await page.evaluate(() => {
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, iframe, [tabindex='0']")];
    const operable = all.filter((one) => !one.disabled && one.tabIndex >= 0 && (one.checkVisibility?.({ visibilityProperty: true }) ?? true));
    operable.forEach((one, n) => { one.dataset.walked = n; });
    return operable.length;
  });
  const reached = [], bare = [];
  for (let n = 0; n < wanted + 10; n++) {
    await press("Tab");
    const look = () => page.evaluate(() => {
      const one = document.activeElement;
      if (!one || one === document.body) return null;
      const style = getComputedStyle(one);
      const box = one.getBoundingClientRect();
      return {
        n: one.dataset.walked, isFrame: one.tagName === "IFRAME", html: one.outerHTML.slice(0, 100),
        isSeen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        isInView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
      };
    });
    let at = await look();
    for (const end = Date.now() + 1000; reached.length < wanted && (!at || Number(at.n) === reached.at(-1)) && Date.now() < end;)
      at = await look(); // a frame is another process: the focus comes and goes a little later
    if (!at || reached.includes(Number(at.n))) break; // around
    if (at.n !== undefined) reached.push(Number(at.n));
    if (!at.isFrame && (!at.isSeen || !at.isInView)) bare.push(`${at.html}${at.isInView ? "" : " (not in view)"}`);
  }
  const missed = await page.evaluate((reached) => [...document.querySelectorAll("[data-walked]")]
    .filter((one) => !reached.includes(Number(one.dataset.walked))).map((one) => one.outerHTML.slice(0, 100)), reached);
  check(missed.length === 0, `${path}: Tab does not reach ${missed.length} of ${wanted}: ${missed.slice(0, 4).join(" | ")}`);
  check(bare.length === 0, `${path}: no focus is to be seen on ${bare.slice(0, 4).join(" | ")}`);
  check(reached.every((one, n) => n === 0 || one > reached[n - 1]), `${path}: the order of Tab is not that of the page: ${reached}`);
  return wanted;
}

await point("Tab reaches everything, and its place is seen", async (note) => {
  const { ids } = given;
  for (const path of ["/", `/message/${ids.invoice}`, `/message/${ids.invoice}?view=tree`, "/sessions", `/sessions/${ids.session}`, "/compare/250/503", "/explain", "/try", "/status"])
    note(`${path.replace(/[0-9A-Z]{26}/, "ID")}: ${await walk(path)} elements`);
}, 120);

await point("the first Tab is a link that skips to the content", async () => {
  await go(page, "/");
  await press("Tab");
  check(await page.evaluate(() => document.activeElement.matches("a.skip") && document.activeElement.getBoundingClientRect().top >= 0), "it is not the first, or not seen");
  await press("Enter");
  equal(await page.evaluate(() => document.activeElement.id), "main", "focus");
  await press("Tab");
  check(await page.evaluate(() => document.querySelector("main").contains(document.activeElement) && document.activeElement.id !== "main"), "the next Tab is not in the content");
});

await point("g and a letter go to each page", async () => {
  await go(page, "/");
  for (const [key, wanted] of [["s", "/sessions"], ["c", "/codes"], ["p", "/compare"], ["e", "/explain"], ["t", "/try"], ["u", "/status"], ["i", "/"]]) {
    await press("g", key);
    await arrive(wanted).catch(async () => check(false, `g ${key} leads to ${await path()}`));
  }
  await press("g", "q"); // nothing
  equal(await path(), "/", "behind g q");
  await press("?");
  const listed = await page.locator("dialog.keys dt").allInnerTexts();
  for (const key of ["g i", "g s", "g c", "g p", "g e", "g t", "g u", "j k", "Enter", "x", "#", "m", "M", "e", "1 … 5", "/", "Esc", "?"])
    check(listed.some((one) => one.replace(/\s+/g, " ").trim() === key), `the list of keys has no ${key}: ${listed}`);
  await press("Escape");
});

await point("j and k move, Enter opens, Escape goes back", async () => {
  await go(page, "/");
  const ids = await shown(page);
  await press("j");
  equal(await focused(), `m-${ids[0]}`, "j");
  await press("j", "j");
  equal(await focused(), `m-${ids[2]}`, "j j j");
  await press("k");
  equal(await focused(), `m-${ids[1]}`, "k");
  for (let n = 0; n < ids.length + 3; n++) await press("j");
  equal(await focused(), `m-${ids.at(-1)}`, "j at the end");
  for (let n = 0; n < ids.length + 3; n++) await press("k");
  equal(await focused(), `m-${ids[0]}`, "k at the beginning");
  await press("Enter");
  await arrive(`/message/${ids[0]}`);
  await press("Escape");
  await arrive("/");
});

await point("j, k and Enter in sessions and the inspector", async () => {
  await press("g", "s");
  await arrive("/sessions");
  await press("j", "j", "k");
  check((await focused()).startsWith("s-"), "no session has the focus");
  await press("Enter");
  await page.waitForURL(/\/sessions\/\w{26}$/);
  await press("j", "j");
  equal(await focused(), "n2", "j j");
  await press("Enter");
  check(await page.locator("#n2 > details").evaluate((one) => one.open), "Enter does not open the line");
});

await point("x selects, m and M mark, # deletes, without a question", async () => {
  for (const n of [1, 2, 3]) await swaks(`By key ${n}`);
  await go(page, "/");
  await live(page);
  let asked = 0;
  page.on("dialog", (dialog) => { asked++; dialog.dismiss().catch(() => {}); });
  const ids = await shown(page);
  const [first, second, third] = ids;
  await press("j", "x");
  check(await page.locator(`#m-${first} input`).isChecked(), "x does not select");
  await press("j", "x");
  equal(await page.locator("input[name=id]:checked").count(), 2, "selected");
  const both = async (read) => (await isRead(first)) === read && (await isRead(second)) === read;
  await press("m");
  await poll(() => both(true), "both read");
  await go(page, "/");
  await press("j", "x", "j", "x", "M");
  await poll(() => both(false), "both unread");
  await go(page, "/");
  await live(page);
  await press("j", "j", "j"); // the third has the focus, nothing is selected
  equal(await focused(), `m-${third}`, "focus");
  await press("#");
  await poll(async () => !(await shown(page)).includes(third), "the focused message to vanish");
  equal((await messages()).map((one) => one.ID), ids.filter((id) => id !== third), "messages left");
  equal(asked, 0, "questions");
  page.removeAllListeners("dialog");
});

await point("deleting keeps the search and the place", async () => {
  await swaks("Place one");
  await swaks("Place two");
  await swaks("Place three");
  await go(page, "/?q=subject%3APlace");
  await live(page);
  const [, second, third] = await shown(page);
  await press("j", "j", "#");
  await poll(async () => !(await shown(page)).includes(second), "the message to vanish");
  equal(await path(), "/?q=subject%3APlace", "address");
  equal(await page.inputValue("#q"), "subject:Place", "search");
  equal(await shown(page).then((all) => all.length), 2, "found");
  equal(await focused(), `m-${third}`, "the next one has the focus");
});

await point("a message with the focus that is deleted elsewhere leaves it to the next, the last one to the one before", async () => {
  await swaks("Elsewhere one");
  await swaks("Elsewhere two");
  await swaks("Elsewhere three");
  await go(page, "/?q=subject%3AElsewhere");
  await live(page);
  const [first, second, third] = await shown(page);
  const deletedElsewhere = async (id) => {
    await fetch(`${given.origin}/api/v1/messages`, { method: "DELETE", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ IDs: [id] }) });
    await poll(async () => !(await shown(page)).includes(id), "the message to vanish");
  };
  await press("j", "j");
  await deletedElsewhere(second);
  equal(await focused(), `m-${third}`, "behind the second");
  await deletedElsewhere(third);
  equal(await focused(), `m-${first}`, "behind the last");
});

await point("# deletes the open message", async () => {
  await swaks("Deleted while open");
  const [{ ID: id }] = await messages();
  await go(page, `/message/${id}`);
  await press("#");
  await arrive("/");
  check(!(await messages()).some((one) => one.ID === id), "it is still there");
});

await point("M marks the open message unread, e exports, 1 to 5 show its views", async () => {
  const id = given.ids.invoice;
  await go(page, `/message/${id}`);
  await press("3");
  await arrive(`/message/${id}?view=headers`);
  await press("5");
  await arrive(`/message/${id}?view=tree`);
  const [download] = await Promise.all([page.waitForEvent("download"), press("e")]);
  check(/\.eml$/.test(download.suggestedFilename()), download.suggestedFilename());
  check(await isRead(id), "it was opened, and is not read");
  await press("M");
  await arrive("/");
  check(!(await isRead(id)), "it is still read");
});

await point("/ goes to the search, Escape leaves it", async () => {
  await go(page, "/");
  await press("/");
  equal(await page.evaluate(() => document.activeElement.id), "q", "focus");
  equal(await page.inputValue("#q"), "", "the key itself is not typed");
  await press("Escape");
  check(await page.evaluate(() => document.activeElement.id !== "q"), "Escape leaves the focus");
  for (const wanted of ["/codes", "/sessions"]) {
    await go(page, wanted);
    await press("/");
    check(await page.evaluate(() => document.activeElement.matches("main form input")), `/ does nothing on ${wanted}`);
  }
});

await point("? shows the keys, Escape shuts them, and keys do nothing meanwhile", async () => {
  await go(page, "/");
  await press("?");
  check(await page.locator("dialog.keys").evaluate((one) => one.open && one.contains(document.activeElement)), "the list is not open with the focus in it");
  await press("j", "g", "s");
  equal(await path(), "/", "behind g s in the dialog");
  await press("Escape");
  check(!(await page.locator("dialog.keys").evaluate((one) => one.open)), "Escape does not shut it");
  await press("?");
  await page.locator("dialog.keys button").press("Enter");
  check(!(await page.locator("dialog.keys").evaluate((one) => one.open)), "its button does not shut it");
});

await point("typing is no command", async () => {
  const before = (await messages()).length;
  await go(page, "/");
  await page.focus("#q");
  await page.keyboard.type("gs#jx?mM/");
  equal(await page.inputValue("#q"), "gs#jx?mM/", "what was typed");
  equal(await path(), "/", "address");
  check(!(await page.locator("dialog.keys").evaluate((one) => one.open)), "the list of keys opened");
  await go(page, `/message/${given.ids.reset}`);
  await page.focus("#tags");
  await page.keyboard.type("#Me1");
  equal(await page.inputValue("#tags"), "#Me1", "what was typed");
  await go(page, "/explain");
  await page.focus("textarea");
  await page.keyboard.type("g i # ?");
  equal(await page.inputValue("textarea"), "g i # ?", "what was typed");
  await go(page, "/try");
  await page.waitForSelector("postern-try .buttons.next button");
  await page.focus("postern-try input");
  await page.keyboard.type("g i ? #");
  equal(await page.inputValue("postern-try input"), "g i ? #", "what was typed");
  equal((await messages()).length, before, "messages");
});

await point("composing Japanese is no command, nor are keys with Ctrl", async () => {
  await go(page, "/");
  await live(page);
  const before = (await messages()).length;
  await press("j");
  const type = (options) => page.evaluate((options) => {
    for (const key of ["#", "?", "x", "g", "s", "/"])
      document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options }));
  }, options);
  await type({ isComposing: true });
  await type({ isComposing: true, keyCode: 229 });
  await type({ ctrlKey: true });
  await type({ metaKey: true });
  check(!(await page.locator("dialog.keys").evaluate((one) => one.open)), "the list of keys opened");
  equal(await page.locator("input[name=id]:checked").count(), 0, "selected");
  check(await page.evaluate(() => document.activeElement.matches("a.what")), "the focus moved");
  equal(await path(), "/", "address");
  equal((await messages()).length, before, "messages");
});

await point("\"Delete all\" asks, and takes no for an answer", async () => {
  page.removeAllListeners("dialog");
  await go(page, "/");
  const before = (await messages()).length;
  const words = [];
  page.once("dialog", (dialog) => { words.push(dialog.message()); dialog.dismiss(); });
  await page.focus("button.danger");
  await press("Enter");
  await poll(() => words.length === 1, "a question");
  check(/\?/.test(words[0]), words[0]);
  equal((await messages()).length, before, "messages behind no");
  page.once("dialog", (dialog) => dialog.accept());
  await press("Enter");
  await poll(async () => (await messages()).length === 0, "all to be deleted");
  await page.waitForSelector(".waiting");
  check(page.faults.length === 0, page.faults.join("; "));
});

await finish();
