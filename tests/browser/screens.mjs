// screens.mjs - the pictures of docs/screenshots: what a reader sees first, of the letters of content.py
//
// given.pictures: which; given.to: the folder. The day, the ids and the ports are made the same in each run; how long a step took is as it was.

import { context, finish, given, live, open, point } from "./harness.mjs";

/** Times count on from one morning, in steps a reader believes; ids and ports are always these. */
const settle = (page) => page.evaluate(() => {
  const isJapanese = document.documentElement.lang === "ja";
  const clock = new Intl.DateTimeFormat(isJapanese ? "ja-JP" : "en-GB", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });
  const times = [...document.querySelectorAll("main time")];
  times.forEach((time, n) => { time.textContent = clock.format(Date.UTC(2026, 3, 17, 9, 42, 7) - n * 431000 - n * n * 97000); });
  const ends = [...document.querySelectorAll(".facts dd")].filter((dd) => /^127\.0\.0\.1:\d+$/.test(dd.textContent));
  ends.forEach((dd, n) => { dd.textContent = n === 0 ? "127.0.0.1:40217" : "127.0.0.1:1025"; });
  const title = document.querySelector("h1");
  title.textContent = title.textContent.replace(/[0-9A-HJKMNP-TV-Z]{26}/, "01KPCZ7M4Q8ZJ6W1T0V5N3XE9R");
  document.activeElement.blur?.();
});

const shots = {
  "inbox": ["/", "en-GB"],
  "inbox-ja": ["/", "ja-JP"],
  "inspector-503": [`/sessions/${given.ids.session}`, "en-GB"],
  "inspector-503-ja": [`/sessions/${given.ids.session}`, "ja-JP"],
  "compare-250-503": ["/compare/250/503", "en-GB"],
  "try": ["/try", "en-GB"],
};

for (const name of given.pictures)
  await point(name, async () => {
    const [path, locale] = shots[name];
    const page = await open(await context({ locale, colorScheme: "light" }), path);
    if (await page.locator("[data-live]").count()) await live(page);
    if (path === "/try") {
      await page.waitForSelector("postern-try .buttons.next button");
      for (const line of ["EHLO laptop.example.org", "MAIL FROM:<ann@example.org>", "DATA"]) {
        await page.fill("postern-try input.line", line);
        await page.press("postern-try input.line", "Enter");
      }
    }
    await settle(page);
    if (path.startsWith("/sessions")) // the line at fault, what explains it and the diagram are below the verdict
      await page.evaluate(() => scrollTo(0, document.querySelector(".inspector").getBoundingClientRect().top - 12));
    await page.screenshot({ path: `${given.to}/${name}.png`, animations: "disabled", caret: "hide" });
    await page.context().close();
  });

await finish();
