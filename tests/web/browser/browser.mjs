// browser.mjs - Debian's chromium, driven by playwright-core; nothing but this machine can be reached
//
// The names of hostile mail (evil.invalid) lead to POSTERN_TRAP (host:port), all others to nothing.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

export const npm = createRequire(pathToFileURL(process.env.POSTERN_NPM + "/package.json"));

const trap = process.env.POSTERN_TRAP ?? "~NOTFOUND";

/** A browser that calls no services of its own. */
export function launch() {
  return npm("playwright-core").chromium.launch({
    executablePath: process.env.POSTERN_CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: [
      "--no-sandbox", "--headless=new", "--disable-background-networking", "--disable-component-update", "--disable-sync",
      "--no-first-run", "--disable-domain-reliability", "--disable-dev-shm-usage",
      `--host-resolver-rules=MAP evil.invalid ${trap} , MAP *.evil.invalid ${trap} , MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost`,
    ],
  });
}

/** All of standard input, as JSON. */
export async function input() {
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  return JSON.parse(text);
}
