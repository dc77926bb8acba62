// What was sent goes out once, in order, and says how it stands.
import assert from "node:assert/strict";
import { test } from "node:test";
import { wakeUp } from "../shared/again";
import { type Item, outbox } from "../shared/outbox";

const item = (text: string): Item => ({ key: `key-${text}`, text });
const tick = () => new Promise((done) => setTimeout(done, 5));

/** Wakes whoever waits for a better network until `true_`. */
async function until(true_: () => boolean): Promise<void> {
  while (!true_()) {
    wakeUp();
    await tick();
  }
}

test("messages go out one at a time and in order", async () => {
  const posted: string[] = [];
  let open = 0;
  const box = outbox(
    async ({ text }) => {
      open += 1;
      assert.equal(open, 1);
      await tick();
      open -= 1;
      posted.push(text);
    },
    () => {},
  );
  for (const text of ["a", "b", "c"]) box.put(item(text));
  await until(() => posted.length === 3);
  assert.deepEqual(posted, ["a", "b", "c"]);
  assert.deepEqual(box.items(), []);
});

test("a message that fails waits and says so, and goes out before the next one", async () => {
  const posted: string[] = [];
  const states: string[] = [];
  let down = 3;
  const box = outbox(
    async ({ text }) => {
      if (down-- > 0) throw new TypeError("no network");
      posted.push(text);
    },
    ({ text }, state) => states.push(`${text} ${state}`),
  );
  box.put(item("a"));
  box.put(item("b"));
  await until(() => posted.length === 2);
  assert.deepEqual(posted, ["a", "b"]);
  assert.deepEqual([...new Set(states)], ["a sending", "b sending", "a waiting", "a sent", "b sent"]);
});

test("what the server refuses for good fails, and does not hold up the rest", async () => {
  const states: string[] = [];
  const box = outbox(
    async ({ text }) => {
      if (text === "a") throw { ok: false, status: 400 };
    },
    ({ text }, state) => states.push(`${text} ${state}`),
  );
  box.put(item("a"));
  box.put(item("b"));
  await until(() => states.length === 4);
  assert.deepEqual(states, ["a sending", "b sending", "a failed", "b sent"]);
});

test("what the log already holds is not sent again", async () => {
  let tries = 0;
  const box = outbox(
    async () => {
      tries += 1;
      throw new TypeError("the answer was lost");
    },
    () => {},
  );
  box.put(item("a"));
  await until(() => tries === 1);
  box.ack("key-a");
  wakeUp();
  await tick();
  assert.equal(tries, 1);
  assert.deepEqual(box.items(), []);
});
