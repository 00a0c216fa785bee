// pages.mjs - every page in both languages, light and dark, narrow and wide: nothing fails, nothing is too wide, axe finds nothing
//
// given.pages: [{"name", "path", "status", "paste"}]; given.words: English texts (regular expressions) that have Japanese ones.
// POSTERN_PICTURES=FOLDER keeps a picture of each.

import { check, context, finish, given, go, open, phone, point, violations, wide } from "./harness.mjs";

const pictures = process.env.POSTERN_PICTURES;
const looks = [["light", wide], ["dark", wide], ["light", phone], ["dark", phone]];

/** English words of the pages that stand alone somewhere: text and labels. */
const leftovers = (page) => page.evaluate((words) => {
  const patterns = words.map((word) => new RegExp(`^${word}$`));
  const foreign = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)
    .closest('code, pre, kbd, samp, script, style, .source, .headers th, [translate=no], [lang]:not([lang^=ja])');
  const sentence = /^[ -~]*\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b/; // of whatever words
  const mail = (node) => node.parentElement?.closest(".what, .who, iframe, h1, title");
  const found = new Set();
  const look = (text, node) => {
    const whole = text.trim().replace(/\s+/g, " ");
    if (whole.length > 3 && !foreign(node) && (patterns.some((pattern) => pattern.test(whole)) || sentence.test(whole) && !mail(node))) found.add(whole);
  };
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) look(walker.currentNode.data, walker.currentNode);
  for (const element of document.querySelectorAll("[title], [aria-label], [alt], [placeholder], [data-on], [data-confirm]"))
    for (const name of ["title", "aria-label", "alt", "placeholder", "data-on", "data-off", "data-copied", "data-confirm"])
      if (element.hasAttribute(name)) look(element.getAttribute(name), element);
  return [...found];
}, given.words);

const tooWide = (page) => page.evaluate(() => {
  const root = document.scrollingElement;
  if (root.scrollWidth <= innerWidth) return "";
  const widest = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1).slice(0, 3);
  return `${root.scrollWidth} > ${innerWidth}: ${widest.map((one) => `${one.tagName}.${one.className?.baseVal ?? one.className}`).join(" ")}`;
});

/** Look at one page in one language. Returns what is wrong with it, and what axe finds. */
async function look(page, language, { name, path, status = 200, paste }) {
  const faults = [], violating = [];
  try {
    page.faults.length = 0;
    await go(page, path, status);
    if (paste) {
      await page.fill("textarea[name=text]", paste);
      await Promise.all([page.waitForNavigation(), page.click("form.paste button")]);
    }
    if (path === "/try") await page.waitForSelector("postern-try .buttons.next button");
    const declared = await page.evaluate(() => document.documentElement.lang);
    if (declared !== language) faults.push(`lang is ${declared}`);
    if (language === "ja") faults.push(...(await leftovers(page)).map((text) => `English: ${text}`));
    for (const [n, [scheme, size]] of looks.entries()) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize(size);
      const width = await tooWide(page);
      if (width) faults.push(`${scheme} ${size.width} px: too wide: ${width}`);
      if (n % 3 === (language === "en" ? 0 : 1) || n === 3 - (language === "ja"))
        violating.push(...(await violations(page)).map((text) => `${language} ${scheme} ${size.width} px: ${text}`));
      if (pictures && (language === "ja" ? scheme === "light" || n === 1 : true))
        await page.screenshot({ path: `${pictures}/${name.replace(/\W+/g, "_")}-${language}-${scheme}-${size.width}.png`, fullPage: true });
    }
    if (path === "/" || path === "/try" || path === "/codes/503") {
      await page.click(".keys-button");
      violating.push(...(await violations(page)).map((text) => `${language}, list of keys: ${text}`));
      if (pictures) await page.screenshot({ path: `${pictures}/${name.replace(/\W+/g, "_")}-${language}-keys.png` });
    }
    faults.push(...page.faults);
  } catch (trouble) {
    faults.push(trouble.message);
  }
  return { faults, violating };
}

// One tab for each language: the browser starts no process and compiles no script anew for each page.
const tabs = { en: await open(await context({ locale: "en-GB" })), ja: await open(await context({ locale: "ja-JP" })) };
for (const one of given.pages) {
  const found = {};
  for (const [language, page] of Object.entries(tabs)) {
    await page.setViewportSize(wide);
    await page.emulateMedia({ colorScheme: "light" });
    found[language] = await look(page, language, one);
    await point(`page ${language} ${one.name}`, async () => check(found[language].faults.length === 0, found[language].faults.slice(0, 8).join("\n")));
  }
  const violating = [...found.en.violating, ...found.ja.violating];
  await point(`axe ${one.name}`, async () => check(violating.length === 0, violating.slice(0, 8).join("\n")));
}
await finish();
