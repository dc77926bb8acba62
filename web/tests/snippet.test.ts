// The tag that integrators copy.
import assert from "node:assert/strict";
import { test } from "node:test";
import { snippet } from "../demo/snippet";

const plain = { base: "https://chat.example.org/", variables: {} };

test("one script tag with one attribute", () => {
  assert.equal(
    snippet({ ...plain, attributes: { country: "US" } }),
    '<script src="https://chat.example.org/widget/lantern.js" defer data-country="US"></script>',
  );
});

test("numbers for people without scripts, own colours, a pinned version", () => {
  const tag = snippet({
    ...plain,
    attributes: { country: "ZZ" },
    variables: { "--lantern-accent": "#123456" },
    fallback: { danger: ["911", "112"], talk: "13 11 14" },
    pin: { file: "lantern-0123456789ab.js", integrity: "sha384-abc" },
  });
  assert.equal(
    tag,
    `<style>
lantern-chat {
  --lantern-accent: #123456;
}
</style>
<lantern-chat>In danger, call <a href="tel:911">911</a> or <a href="tel:112">112</a>. To talk, call <a href="tel:131114">13 11 14</a>.</lantern-chat>
<script src="https://chat.example.org/widget/lantern-0123456789ab.js" integrity="sha384-abc" crossorigin="anonymous" defer data-country="ZZ"></script>`,
  );
});

test("what was typed stays inside its attribute", () => {
  const tag = snippet({ ...plain, attributes: { name: '"><img src=x>' } });
  assert.ok(tag.includes('data-name="&quot;>&lt;img src=x>"'));
});
