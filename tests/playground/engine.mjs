/* engine.mjs FILE - engine.wasm behind a pipe: one JSON request a line, one answer a line
 *
 *   {"do": "facts"}                                imports, exports
 *   {"do": "open", "profile": 4, "language": 0}    report, output, phase, allowed
 *   {"do": "feed", "octets": base64}               the same; in parts when it is long
 *   {"do": "diagram"}                              svg
 */
import fs from 'node:fs';
import readline from 'node:readline';

const module = new WebAssembly.Module(fs.readFileSync(process.argv[2]));
const { exports: play } = new WebAssembly.Instance(module, {});
const octets = (at, length) => Buffer.from(play.memory.buffer, at, length);

function answer(reports, output) {
  return { reports, output: Buffer.concat(output).toString('base64'), phase: play.play_phase(), allowed: play.play_allowed() >>> 0 };
}

const output = () => Buffer.from(octets(play.play_output(), play.play_output_size()));
const report = (length) => octets(play.play_report(), length).toString();

const requests = {
  facts: () => ({
    imports: WebAssembly.Module.imports(module),
    exports: WebAssembly.Module.exports(module).map((entry) => entry.name),
  }),
  open({ profile, language }) {
    play.play_language(language);
    return answer([report(play.play_open(profile))], [output()]);
  },
  feed(request) {
    let rest = Buffer.from(request.octets, 'base64');
    const reports = [], sent = [];
    while (rest.length > 0) {
      const part = rest.subarray(0, play.play_input_size());
      if (part.length === 0) throw new Error('no room for input');
      octets(play.play_input(), part.length).set(part);
      rest = rest.subarray(part.length);
      reports.push(report(play.play_feed(part.length)));
      sent.push(output());
    }
    return answer(reports, sent);
  },
  diagram: () => ({ svg: octets(play.play_picture(), play.play_diagram()).toString() }),
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  console.log(JSON.stringify(requests[request.do](request)));
}
