/* try.js - an SMTP session to try, with the server's own engine in the page
 *
 *     <link rel="stylesheet" href="try.css">
 *     <script type="module" src="try.js"></script>
 *     <postern-try lang="en"></postern-try>
 *
 * The element loads engine.wasm from beside this file; a session lives in it and nowhere
 * else. What is said, why it was refused and the picture come from the engine
 * (src/playground/playground.h); only the words around them are here.
 */

export const words = {
  en: {
    loading: 'The engine is being loaded …',
    failed: 'The engine could not be loaded. This page has to come from a web server, and the browser has to know WebAssembly.',
    broken: 'The engine stopped. Start over.',
    terminal: 'Conversation with the server',
    state: 'State',
    line: 'What the client sends',
    send: 'Send',
    next: 'Next you may send',
    startOver: 'Start over',
    started: 'A new session begins.',
    service: 'Service',
    test: 'test inbox',
    mx: 'mail from other servers (MX)',
    submission: 'mail from programs (submission)',
    lmtp: 'local delivery (LMTP)',
    why: 'Why',
    means: 'Meaning',
    fix: 'What to do',
    cause: 'Cause',
    way: 'Send first',
    then: 'then',
    hidden: '(%1 octets hidden)',
    content: '(%1 octets of message)',
    cut: 'Some lines were left out.',
    takesContent: 'Type the message: header fields, an empty line, the text. A line with only a dot ends it.',
    takesLogin: 'The server waits for your answer in base64; * gives up.',
    takesChunk: 'The next %1 octets are part of the message; a line end counts two.',
    takesNothing: 'The session is over.',
    diagram: 'State of the session',
    text: 'Hello Bob!',
    subject: 'Subject: Hello',
    emptyLine: 'empty line',
  },
  ja: {
    loading: 'エンジンを読み込んでいます…',
    failed: 'エンジンを読み込めませんでした。このページはウェブサーバーから開く必要があり、ブラウザーが WebAssembly に対応している必要があります。',
    broken: 'エンジンが停止しました。最初からやり直してください。',
    terminal: 'サーバーとの会話',
    state: '状態',
    line: 'クライアントが送る行',
    send: '送信',
    next: '次に送れるもの',
    startOver: '最初から',
    started: '新しいセッションを始めます。',
    service: 'サーバーの種類',
    test: 'テスト用の受信箱',
    mx: '他のサーバーからの受信（MX）',
    submission: 'プログラムからの送信（サブミッション）',
    lmtp: 'ローカル配送（LMTP）',
    why: '理由',
    means: '意味',
    fix: '対処',
    cause: '原因',
    way: '先に送るもの',
    then: 'その後',
    hidden: '（%1 オクテットは非表示）',
    content: '（メッセージ %1 オクテット）',
    cut: '一部の行を省略しました。',
    takesContent: 'メッセージを入力してください。ヘッダー、空行、本文の順です。ドットだけの行で終わります。',
    takesLogin: 'サーバーは base64 で表した応答を待っています。* で中止できます。',
    takesChunk: '次の %1 オクテットはメッセージの一部です。改行は 2 オクテットと数えます。',
    takesNothing: 'セッションは終わりました。',
    diagram: 'セッションの現在位置',
    text: 'こんにちは。',
    subject: 'Subject: Hello',
    emptyLine: '空行',
  },
};

/* What a button puts into the line, in the order of the buttons. The last of these that
 * the server allows is the usual next step. */
const examples = {
  EHLO: 'EHLO laptop.example.org',
  LHLO: 'LHLO laptop.example.org',
  HELO: 'HELO laptop.example.org',
  AUTH: 'AUTH PLAIN AGFubgBzZWNyZXQ=',
  MAIL: 'MAIL FROM:<ann@example.org>',
  RCPT: 'RCPT TO:<bob@example.net>',
  DATA: 'DATA',
  BDAT: 'BDAT 16 LAST',
  RSET: 'RSET',
  NOOP: 'NOOP',
  VRFY: 'VRFY bob@example.net',
  HELP: 'HELP',
  QUIT: 'QUIT',
};
const usual = ['DATA', 'RCPT', 'MAIL', 'LHLO', 'EHLO'];

/* In the order of enum postern_profile: the index is what play_open takes. */
const profiles = ['mx', 'submission', 'submissions', 'lmtp', 'test'];
const offered = ['test', 'mx', 'submission', 'lmtp'];

const MAX_ROWS = 600;

/* ---- the engine ------------------------------------------------------------ */

class Engine {
  static async load() {
    const answer = await fetch(new URL('engine.wasm', import.meta.url));
    if (!answer.ok) throw new Error(`engine.wasm: ${answer.status}`);
    const { instance } = await WebAssembly.instantiate(await answer.arrayBuffer(), {});
    return new Engine(instance.exports);
  }

  constructor(exports) {
    this.exports = exports;
  }

  text(at, length) {
    return new TextDecoder().decode(new Uint8Array(this.exports.memory.buffer, at, length));
  }

  report(length) {
    return JSON.parse(this.text(this.exports.play_report(), length));
  }

  open(profile, language) {
    this.exports.play_language(language === 'ja' ? 1 : 0);
    return this.report(this.exports.play_open(profiles.indexOf(profile)));
  }

  /* The reports of one line; a longer one than there is room for comes in parts. */
  * feed(line) {
    let octets = new TextEncoder().encode(line + '\r\n');
    while (octets.length > 0) {
      const room = this.exports.play_input_size();
      if (room === 0) throw new Error('the engine takes nothing');
      const part = octets.subarray(0, room);
      new Uint8Array(this.exports.memory.buffer, this.exports.play_input(), part.length).set(part);
      octets = octets.subarray(part.length);
      yield this.report(this.exports.play_feed(part.length));
    }
  }

  picture() {
    const length = this.exports.play_diagram();
    const text = this.text(this.exports.play_picture(), length);
    return new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
  }
}

/* ---- small helpers ----------------------------------------------------------- */

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/* A pasted conversation in the form of our documents: only the client's lines count. */
export function linesToSend(text) {
  const lines = text.split(/\r\n|\r|\n/);
  if (!lines.some((line) => /^S: ?\d{3}/.test(line))) return lines;
  return lines.filter((line) => /^C: ?/.test(line)).map((line) => line.replace(/^C: ?/, '')).concat('');
}

/* ---- the element --------------------------------------------------------------- */

class PosternTry extends (globalThis.HTMLElement ?? Object) {
  connectedCallback() {
    if (this.firstChild) return;
    const wanted = this.getAttribute('lang') ?? document.documentElement.lang;
    this.language = /^ja\b/.test(wanted) ? 'ja' : 'en';
    this.lang = this.language;
    this.history = [];
    this.at = 0;
    this.build();
    Engine.load().then((engine) => {
      this.engine = engine;
      this.startOver();
    }).catch(() => this.tell(this.say('failed'), 'bad'));
  }

  say(key, value) {
    return words[this.language][key].replace('%1', value);
  }

  build() {
    this.log = make('div', { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-label': this.say('terminal'), tabindex: '0' });
    this.input = make('input', {
      class: 'line', 'aria-label': this.say('line'), autocomplete: 'off', autocapitalize: 'off', autocorrect: 'off',
      spellcheck: 'false', enterkeyhint: 'send', onkeydown: (event) => this.key(event), onpaste: (event) => this.paste(event),
    });
    this.button = make('button', { type: 'submit', class: 'send' }, this.say('send'));
    this.form = make('form', { class: 'entry', onsubmit: (event) => this.submit(event) },
      make('span', { class: 'mark', 'aria-hidden': 'true' }, 'C:'), this.input, this.button);
    this.hint = make('p', { class: 'hint' });
    this.next = make('div', { class: 'buttons next' });
    this.nextTitle = make('h2', {}, this.say('next'));
    this.state = make('p', { class: 'state' });
    this.figure = make('figure', { class: 'picture' });
    this.profile = make('select', { onchange: () => this.startOver() },
      ...offered.map((name) => make('option', { value: name }, this.say(name))));
    const again = make('button', { type: 'button', class: 'again', onclick: () => this.startOver(true) }, this.say('startOver'));

    this.append(
      make('section', { class: 'terminal' },
        make('div', { class: 'bar' }, make('label', {}, `${this.say('service')} `, this.profile), again),
        this.log, this.form, this.hint, this.nextTitle, this.next),
      make('section', { class: 'where', 'aria-label': this.say('diagram') },
        make('h2', {}, this.say('diagram')), this.state, this.figure));
    this.tell(this.say('loading'));
  }

  /* ---- the session ---- */

  /* isAsked: by the person; the line takes the focus then, but not when a page opens. */
  startOver(isAsked = false) {
    if (!this.engine) return;
    this.log.replaceChildren();
    this.tell(this.say('started'));
    this.take(this.engine.open(this.profile.value, this.language), true);
    this.input.value = '';
    if (isAsked) this.input.focus();
  }

  sendLines(lines) {
    try {
      for (const line of lines) {
        if (this.takes === 'nothing') break;
        if (this.takes === 'content' || this.takes === 'chunk') this.row('client content', 'C:', line);
        for (const report of this.engine.feed(line)) this.take(report, false);
      }
    } catch (error) {
      console.error(error);
      this.engine = null;
      this.tell(this.say('broken'), 'bad');
      Engine.load().then((engine) => { this.engine = engine; });
    }
    this.show();
  }

  /* Take a report in; the page is brought up to date once, by show. */
  take(report, isShown) {
    for (const line of report.lines) this.line(line);
    if (report.is_cut) this.tell(this.say('cut'));
    const moves = report.lines.filter((line) => line.kind === 'reply' && line.is_last);
    if (moves.length > 0 || !this.report) this.moves = moves;
    this.report = report;
    this.takes = report.takes;
    if (isShown) this.show();
  }

  show() {
    const { report } = this;
    const over = this.takes === 'nothing';
    this.hint.textContent = this.hintText();
    this.hint.hidden = this.hint.textContent === '';
    this.input.disabled = over;
    this.button.disabled = over;
    this.nextTitle.hidden = over;
    this.next.replaceChildren(...this.proposals().map(([name, text, isUsual]) =>
      make('button', { type: 'button', class: isUsual ? 'usual' : '', onclick: () => this.fill(text) }, name)));
    this.state.replaceChildren(make('strong', {}, report.label), ` ${report.meaning}`);
    this.draw();
    this.log.scrollTop = this.log.scrollHeight;
    if (over) this.querySelector('.again').focus();
  }

  hintText() {
    switch (this.takes) {
      case 'content': return this.say('takesContent');
      case 'login': return this.say('takesLogin');
      case 'chunk': return this.say('takesChunk', this.report.chunk);
      case 'nothing': return this.say('takesNothing');
      default: return '';
    }
  }

  /* [[what the button says, what it puts into the line, whether that is usual]] */
  proposals() {
    const { allowed, takes } = this.report;
    if (takes === 'content')
      return [[this.say('subject'), this.say('subject'), false], [this.say('emptyLine'), '', false],
        [this.say('text'), this.say('text'), false], ['.', '.', true]];
    if (takes === 'chunk') return [[this.say('subject'), this.say('subject'), true]];
    if (takes === 'login') return [['YW5u', 'YW5u', true], ['*', '*', false]];
    const first = usual.find((name) => allowed.includes(name));
    return Object.keys(examples).filter((name) => allowed.includes(name))
      .map((name) => [name, examples[name], name === first]);
  }

  draw() {
    const picture = document.importNode(this.engine.picture(), true);
    for (const move of this.moves ?? []) {
      for (const edge of picture.querySelectorAll(`.edge[data-from="${move.before}"][data-to="${move.after}"]`)) {
        const commands = edge.dataset.commands.split(',');
        if (move.code < 400 && (move.before !== move.after || commands.includes(move.command))) edge.classList.add('taken');
      }
    }
    this.figure.replaceChildren(picture);
  }

  /* ---- the log ---- */

  add(element) {
    this.log.append(element);
    while (this.log.childElementCount > MAX_ROWS) this.log.firstChild.remove();
    return element;
  }

  row(kind, mark, text) {
    return this.add(make('p', { class: `row ${kind}` }, make('span', { class: 'mark' }, mark), make('span', { class: 'text' }, text)));
  }

  tell(text, kind = '') {
    return this.add(make('p', { class: `row note ${kind}` }, text));
  }

  line(line) {
    if (line.from === 'note') {
      this.tell(line.text);
    } else if (line.kind === 'content') {
      this.tell(this.say('content', line.octets));
    } else if (line.from === 'client') {
      const row = this.row('client', 'C:', line.text);
      if (line.hidden > 0) row.append(make('span', { class: 'note' }, ` ${this.say('hidden', line.hidden)}`));
    } else {
      this.row(`server class-${Math.floor(line.code / 100)}`, 'S:', line.text);
      if (line.is_last && line.code >= 400) this.explain(line);
    }
  }

  explain(line) {
    const parts = ['why', 'means', 'fix'].filter((key) => line[key])
      .flatMap((key) => [make('dt', {}, this.say(key)), make('dd', {}, line[key])]);
    if (line.way) {
      const steps = line.way.map((name) => make('button', { type: 'button', onclick: () => this.fill(examples[name] ?? name) }, name));
      const last = make('button', { type: 'button', onclick: () => this.fill(examples[line.command] ?? line.command) }, line.command);
      parts.push(make('dt', {}, this.say('way')), make('dd', { class: 'buttons' }, ...steps, ` ${this.say('then')} `, last));
    }
    if (line.cause) parts.push(make('dt', {}, this.say('cause')), make('dd', {}, make('code', {}, line.cause)));
    if (parts.length > 0) this.add(make('dl', { class: 'why' }, ...parts));
  }

  /* ---- the line ---- */

  fill(text) {
    this.input.value = text;
    if (this.input.disabled) return;
    this.input.focus();
    this.input.setSelectionRange(text.length, text.length);
  }

  remember(line) {
    const isSecret = this.takes === 'login' || /^auth\b/i.test(line);
    if (line !== '' && !isSecret && this.history.at(-1) !== line) this.history.push(line);
    this.at = this.history.length;
  }

  submit(event) {
    event.preventDefault();
    if (!this.engine || this.takes === 'nothing') return;
    const line = this.input.value;
    this.remember(line);
    this.input.value = '';
    this.sendLines([line]);
    if (!this.input.disabled) this.input.focus();
  }

  key(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || event.isComposing) return;
    event.preventDefault();
    this.at = Math.max(0, Math.min(this.history.length, this.at + step));
    this.fill(this.history[this.at] ?? '');
  }

  /* Several lines at once are sent at once; what has no end of line stays in the line. */
  paste(event) {
    const text = event.clipboardData?.getData('text') ?? '';
    if (!/[\r\n]/.test(text) || !this.engine) return;
    event.preventDefault();
    const lines = linesToSend(this.input.value + text);
    const rest = lines.pop();
    for (const line of lines) this.remember(line);
    this.sendLines(lines);
    this.fill(rest);
  }
}

/* ---- the static page ------------------------------------------------------------- */

/* try.html holds both languages; ?lang= or the browser says which is shown. */
function setUpPage() {
  const wanted = new URLSearchParams(location.search).get('lang') ?? navigator.language;
  const language = /^ja\b/.test(wanted) ? 'ja' : 'en';
  document.documentElement.lang = language;
  for (const part of document.querySelectorAll('.try-page :is(.intro, h1 [lang])')) part.hidden = part.lang !== language;
  for (const link of document.querySelectorAll('.try-page nav a')) {
    if (link.lang === language) link.setAttribute('aria-current', 'true');
  }
  document.title = document.querySelector(`.try-page h1 [lang=${language}]`).textContent;
}

if (globalThis.customElements) {
  if (document.querySelector('.try-page')) setUpPage();
  customElements.define('postern-try', PosternTry);
}
