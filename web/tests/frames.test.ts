// A stream that arrives in any pieces is read whole, once and in order.
import assert from "node:assert/strict";
import { test } from "node:test";
import { frameReader } from "../shared/frames";

const STREAM =
  'retry: 1000\n\nid: 1\nevent: message\ndata: {"text":"Hi"}\n\n: here\n\nid: 2\nevent: state\ndata: {"holder":"bot"}\n\nevent: typing\ndata: {"on":true}\n\n';
const READ = [
  { id: 1, event: "message", data: { text: "Hi" } },
  { id: 2, event: "state", data: { holder: "bot" } },
  { id: 0, event: "typing", data: { on: true } },
];

test("a stream cut anywhere gives the same frames", () => {
  for (let cut = 0; cut <= STREAM.length; cut++) {
    const read = frameReader();
    assert.deepEqual([...read(STREAM.slice(0, cut)), ...read(STREAM.slice(cut))], READ);
  }
});

test("a stream letter by letter gives the same frames", () => {
  const read = frameReader();
  assert.deepEqual([...STREAM].flatMap(read), READ);
});

test("an unfinished frame waits, comments are left out, broken JSON throws", () => {
  const read = frameReader();
  assert.deepEqual(read(": here\n\n"), []);
  assert.deepEqual(read('id: 3\nevent: message\ndata: {"text":"wai'), []);
  assert.deepEqual(read('t"}\n\n'), [{ id: 3, event: "message", data: { text: "wait" } }]);
  assert.throws(() => frameReader()("data: {\n\n"));
});
