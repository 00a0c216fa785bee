// cypress.mjs - as much of Cypress as its mail plugins use: cy.request and chains of commands
//
// The plugins are loaded unchanged. cypress-mailpit is written for a bundler (its files import
// each other without ".js"); the hooks below let Node read it.

import { register } from "node:module";

const hooks = `
export async function resolve(name, context, next) {
  if (context.parentURL?.includes("/cypress-mailpit/") && /^\\.[^]*(?<!\\.js)$/.test(name)) name += ".js";
  return next(name, context);
}
export async function load(url, context, next) {
  return next(url, url.includes("/cypress-mailpit/") ? { ...context, format: "module" } : context);
}`;
register("data:text/javascript," + encodeURIComponent(hooks));

/** What a command yields: a promise that also has its() and should(). */
class Chain {
  constructor(promise, prior) {
    this.promise = promise;
    this.prior = prior;
  }
  then(done, failed) {
    // A command that returns nothing yields what it was given.
    const kept = done && ((value) => Promise.resolve(done(value)).then((next) => (next === undefined ? value : next)));
    return new Chain(this.promise.then(kept, failed));
  }
  catch(failed) {
    return new Chain(this.promise.catch(failed));
  }
  its(key) {
    return this.then((value) => value[key]);
  }
  should(what, ...words) {
    return this.then((value) => {
      assertions[what](value, ...words);
      return value;
    });
  }
}

const fail = (text) => {
  throw new Error(text);
};

const assertions = {
  "not.have.length": (value, length) => value.length !== length || fail(`has the length ${length}`),
  "to.have.length.greaterThan": (value, length) => value.length > length || fail(`length ${value.length} is not over ${length}`),
};

async function request(options) {
  const url = new URL(options.url);
  for (const [key, value] of Object.entries(options.qs ?? {})) url.searchParams.set(key, value);
  const headers = { accept: "*/*", "accept-encoding": "gzip, deflate", "user-agent": "Mozilla/5.0 Cypress" };
  if (options.auth?.user) headers.authorization = "Basic " + btoa(`${options.auth.user}:${options.auth.pass}`);
  let body = options.body;
  if (body !== undefined && typeof body !== "string") {
    body = JSON.stringify(body);
    headers["content-type"] = "application/json";
  }
  const response = await fetch(url, { method: options.method, headers, body });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("application/json");
  if (!response.ok && options.failOnStatusCode !== false) fail(`${options.method} ${url}: ${response.status} ${text}`);
  return { status: response.status, headers: Object.fromEntries(response.headers), body: isJson ? JSON.parse(text) : text };
}

/** Make the globals the plugins expect; settings are what people put into cypress.config.js. */
export function start(settings) {
  globalThis.Cypress = {
    env: (key) => settings[key],
    config: (key) => settings[key],
    expose: (key) => settings[key],
    Commands: {
      add(name, options, run) {
        const takesSubject = typeof options === "object" && options.prevSubject;
        const command = run ?? options;
        globalThis.cy[name] = (...words) => new Chain(Promise.resolve().then(() => command(...words)));
        if (takesSubject)
          Chain.prototype[name] = function (...words) {
            return this.then((value) => command(value, ...words));
          };
      },
    },
  };
  globalThis.cy = {
    request: (options) => new Chain(request(options)),
    wrap: (value) => new Chain(Promise.resolve(value)),
    wait: (ms) => new Chain(new Promise((done) => setTimeout(done, ms))),
    env: (names) => new Chain(Promise.resolve(Object.fromEntries(names.map((name) => [name, settings[name]])))),
    // Cypress tries again until what follows is true; the plugin's own timeout bounds it.
    verifyUpcomingAssertions: (value) => value,
  };
  return globalThis.cy;
}
