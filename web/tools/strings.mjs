// Flat JSON per language -> one module: a const enum of keys and an array per language, so that keys cost no bytes.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The module for the set `name`; throws when a language lacks a key that English has, or has one more. */
export function stringsModule(folder, name) {
  const files = readdirSync(folder).filter((file) => file.startsWith(`${name}.`) && file.endsWith(".json"));
  const all = Object.fromEntries(
    files.map((file) => [file.split(".")[1], JSON.parse(readFileSync(join(folder, file), "utf8"))]),
  );
  const keys = Object.keys(all.en);
  for (const [lang, strings] of Object.entries(all)) {
    const odd = keys
      .filter((key) => !(key in strings))
      .concat(Object.keys(strings).filter((key) => !(key in all.en)));
    if (odd.length) throw new Error(`${name}.${lang}.json and ${name}.en.json differ in: ${odd.join(", ")}`);
  }
  const list = Object.entries(all).map(
    ([lang, s]) => `  ${lang}: ${JSON.stringify(keys.map((key) => s[key]))},`,
  );
  return `// Made by tools/strings.mjs from shared/strings/${name}.*.json.
export const enum S { ${keys.join(", ")} }
export const STRINGS: Record<string, string[]> = {\n${list.join("\n")}\n};\n`;
}
