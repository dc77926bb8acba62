// When to try again, and when not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { refusal } from "../shared/again";
import { backoff } from "../shared/backoff";

test("the wait doubles, stays under three seconds for long, and is never without jitter", () => {
  assert.equal(backoff(0, 1), 300);
  assert.equal(backoff(0, 0), 150);
  assert.equal(backoff(3, 1), 2400);
  assert.equal(backoff(40, 1), 2400);
  assert.equal(backoff(41, 1), 15000);
});

test("only a refusal for good ends the trying", () => {
  const answers = [400, 401, 404, 413].map((status) => refusal({ status }));
  assert.deepEqual(answers, [400, 401, 404, 413]);
  for (const status of [0, 429, 500, 502, 503]) assert.equal(refusal({ status }), 0);
  assert.equal(refusal(new TypeError("no network")), 0);
});
