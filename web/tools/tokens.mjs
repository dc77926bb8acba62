// shared/tokens.json -> CSS variables: light, dark and more contrast; a site's own --lantern-* come first.
import { readFileSync } from "node:fs";

/** The CSS text for the wrapper `.lt` of a shadow root. */
export function tokensCss(path) {
  const tokens = JSON.parse(readFileSync(path, "utf8"));
  const site = Object.fromEntries(Object.entries(tokens.public).map(([name, key]) => [key, name]));
  const all = { ...tokens.base, ...tokens.light };
  const value = (key, ours) => (site[key] ? `var(--lantern-${site[key]},${ours})` : ours);
  const block = (set) =>
    Object.entries(set)
      .map(([key, ours]) => `--${key}:${value(key, ours)}`)
      .join(";");
  for (const key of Object.keys(site)) if (!(key in all)) throw new Error(`tokens.json: no value for ${key}`);
  return [
    `.lt{${block(all)};color-scheme:light}`,
    `@media (prefers-color-scheme:dark){.lt{${block(tokens.dark)};color-scheme:dark}}`,
    `@media (prefers-contrast:more){.lt{${block(tokens.more)}}}`,
  ].join("\n");
}
