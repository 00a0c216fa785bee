/* postern.js - what makes the pages live, and their keys
 *
 * Every page works without it. A part marked data-live is fetched again, rendered by the
 * server, when the server says that something has happened; nothing is built here, so
 * there are no words and no markup in this file.
 */

const status = document.querySelector('p.live');

/* ---- times in the reader's own zone ---- */

const language = document.documentElement.lang;
const region = navigator.languages.find((one) => one.startsWith(`${language}-`)) ?? language;
const clock = new Intl.DateTimeFormat(region, { dateStyle: 'medium', timeStyle: 'medium' });

function localTimes(root) {
  for (const time of root.querySelectorAll('time[datetime]')) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title = time.dateTime;
    time.textContent = clock.format(at);
  }
}

/* ---- parts that are fetched again ---- */

const live = document.querySelector('[data-live]');
let fetching = false;
let wanted = false;

/* What the reader has done to the part stays: checks, opened lines, and the place: where
 * the line with the focus is gone, the next one has it. */
function remember(root) {
  const active = document.activeElement;
  const all = lines();
  const at = all.findIndex((line) => itemOf(line)?.contains(active));
  return {
    checked: new Set([...root.querySelectorAll('input:checked')].map((box) => box.value)),
    open: new Set([...root.querySelectorAll('li[id] > details[open]')].map((line) => line.parentElement.id)),
    shut: new Set([...root.querySelectorAll('li.fault[id] > details:not([open])')].map((line) => line.parentElement.id)),
    focus: root.contains(active) ? placeOf(active) : null,
    behind: at < 0 ? [] : all.slice(at + 1).map((line) => itemOf(line).id),
    scroll: window.scrollY,
  };
}

function placeOf(element) {
  const item = element.closest('[id]');
  if (!item) return null;
  const inside = [...item.querySelectorAll('a, input, summary, button')];
  return { id: item.id, n: item === element ? -1 : inside.indexOf(element) };
}

function restore(root, before) {
  for (const box of root.querySelectorAll('input[type=checkbox][value]')) box.checked = before.checked.has(box.value);
  for (const id of before.open) document.querySelector(`#${CSS.escape(id)} > details`)?.setAttribute('open', '');
  for (const id of before.shut) document.querySelector(`#${CSS.escape(id)} > details`)?.removeAttribute('open');
  if (before.focus) {
    const item = document.getElementById(before.focus.id);
    const target = before.focus.n < 0 ? item : item?.querySelectorAll('a, input, summary, button')[before.focus.n];
    const all = lines();
    const next = before.behind.find((id) => document.getElementById(id));
    const line = all.find((one) => next && itemOf(one)?.id === next) ?? all.at(-1);
    (target ?? line)?.focus({ preventScroll: true });
  }
  window.scrollTo({ top: before.scroll, behavior: 'instant' });
}

async function refresh() {
  if (fetching) {
    wanted = true;
    return;
  }
  fetching = true;
  try {
    const address = new URL(location.href);
    address.searchParams.set('fragment', live.dataset.fragment);
    address.hash = '';
    const answer = await fetch(address, { headers: { Accept: 'text/html' } });
    if (answer.ok) {
      const parsed = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const before = remember(live);
      live.replaceChildren(...parsed.body.childNodes);
      localTimes(live);
      reveal(live);
      restore(live, before);
    }
  } catch {
    /* the stream says that the connection is gone, and when it is back */
  }
  fetching = false;
  if (wanted) {
    wanted = false;
    setTimeout(refresh, 300);
  }
}

function show(isOn) {
  if (!status) return;
  status.hidden = false;
  status.className = isOn ? 'live on' : 'live off';
  status.textContent = isOn ? status.dataset.on : status.dataset.off;
}

function listen() {
  const kind = live.dataset.live;
  if (kind === 'clock') {
    setInterval(() => document.hidden || refresh(), 2000);
    return;
  }
  const topics = kind === 'inbox' ? 'inbox' : 'sessions';
  const session = live.dataset.session ? `&session=${live.dataset.session}` : '';
  let events = null;
  let hasBeenOff = false;
  function open() {
    if (events) return;
    events = new EventSource(`/api/postern/events?topics=${topics}${session}`);
    events.onopen = () => {
      show(true);
      if (hasBeenOff) refresh();
      hasBeenOff = false;
    };
    events.onerror = () => {
      show(false);
      close();
      setTimeout(() => document.hidden || open(), 1000);
    };
    for (const name of ['inbox', 'session', 'missed']) events.addEventListener(name, refresh);
  }
  function close() {
    events?.close();
    events = null;
    hasBeenOff = true;
  }
  /* A browser has six connections for all its tabs: one nobody sees holds none. */
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  addEventListener('pagehide', close);
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
  if (!document.hidden) open();
}

/* ---- copying ---- */

async function copy(button) {
  let text = new URL(button.dataset.copyAddress || '', location.href).href;
  if (button.dataset.copyFrom) text = await (await fetch(button.dataset.copyFrom)).text();
  await navigator.clipboard.writeText(text);
  const words = button.textContent;
  button.textContent = status?.dataset.copied || words;
  setTimeout(() => { button.textContent = words; }, 1500);
}

function reveal(root) {
  if (navigator.clipboard) for (const button of root.querySelectorAll('button.copy')) button.hidden = false;
}

/* ---- keys ---- */

const dialog = document.querySelector('dialog.keys');
let isGoing = false;

const itemOf = (element) => element?.closest?.('li, tr');

function lines() {
  return [...document.querySelectorAll('a.what, .timeline summary, .entries a')];
}

function move(step) {
  const all = lines();
  if (all.length === 0) return;
  const item = itemOf(document.activeElement);
  let at = all.findIndex((line) => line === document.activeElement || (item && item.contains(line)));
  at = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  all[at].focus();
  all[at].scrollIntoView({ block: 'nearest' });
}

function selected() {
  return itemOf(document.activeElement)?.querySelector('input[type=checkbox]');
}

/* A key that is on a button, a link or an input: press it, follow it, go to it. */
function press(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  const box = selected();
  if (target.matches('form#changes button') && box && !document.querySelector('input[name=id]:checked')) box.checked = true;
  if (target.matches('input')) target.focus();
  else target.click();
  return true;
}

function onKey(event) {
  const isTyping = event.target.closest?.('input:not([type=checkbox]), textarea, select, [contenteditable], postern-try');
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping) {
    if (event.key === 'Escape') event.target.blur();
    return;
  }
  if (dialog?.open) return;
  let done = true;
  if (isGoing) {
    isGoing = false;
    const place = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (place) place.click();
    else done = false;
  } else if (event.key === 'g') isGoing = true;
  else if (event.key === 'j') move(1);
  else if (event.key === 'k') move(-1);
  else if (event.key === 'x' && selected()) selected().click();
  else if (event.key === '?') dialog?.showModal();
  else done = press(event.key);
  if (done) event.preventDefault();
}

/* What the form of the list asks for is done without leaving the page: the reader stays
 * at the same line. The server answers with where to look, or says what is wrong. */
async function change(event) {
  const form = event.target; // whose buttons are called action
  const body = new URLSearchParams(new FormData(form, event.submitter));
  event.preventDefault();
  const answer = await fetch(form.getAttribute('action'), { method: 'POST', body, redirect: 'manual' });
  if (answer.type !== 'opaqueredirect') {
    location.reload();
    return;
  }
  for (const box of document.querySelectorAll('input[name=id], .select-all')) box.checked = false;
  refresh();
}

/* ---- the page ---- */

document.addEventListener('submit', (event) => {
  if (event.target.matches('#changes')) change(event).catch(() => location.reload());
});

document.addEventListener('keydown', onKey);
document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (button?.matches('.copy')) copy(button).catch(() => {});
  if (button?.matches('.keys-button')) dialog?.showModal();
  if (button?.dataset.confirm && !confirm(button.dataset.confirm)) event.preventDefault();
});
document.addEventListener('change', (event) => {
  if (!event.target.matches('.select-all')) return;
  for (const box of document.querySelectorAll('input[name=id]')) box.checked = event.target.checked;
});

localTimes(document);
reveal(document);
for (const part of document.querySelectorAll('.keys-button, label.all')) part.hidden = false;
if (location.hash) document.getElementById(location.hash.slice(1))?.querySelector('details')?.setAttribute('open', '');
if (live) listen();
