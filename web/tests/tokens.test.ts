// The contrast of our own colours, in both schemes, computed as WCAG 2.2 does (frontend number 7).
import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast } from "../demo/contrast";
import tokens from "../shared/tokens.json";

const schemes: Record<string, Record<string, string>> = {
  light: tokens.light,
  dark: { ...tokens.light, ...tokens.dark },
};

test("contrast is computed as the standard says", () => {
  assert.equal(contrast("#000", "#ffffff"), 21);
  assert.equal(contrast("#777777", "#777"), 1);
  assert.ok(Math.abs(contrast("#767676", "#fff") - 4.54) < 0.01);
});

for (const [name, colours] of Object.entries(schemes))
  for (const { on, of, least } of tokens.contrast)
    for (const key of of)
      test(`${key} on ${on} has contrast ${least} or more (${name})`, () => {
        const found = contrast(colours[key] as string, colours[on] as string);
        assert.ok(found >= least, `${colours[key]} on ${colours[on]} is ${found.toFixed(2)}`);
      });
