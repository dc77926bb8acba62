// The language of the widget's own words, and what must be said again when it changes.
import { S, STRINGS } from "../generated/widget-strings";

export { S };

type Values = Record<string, unknown>;

let current = "en";
const bound: (() => void)[] = [];

/** The words for `key`, with {values} put in. */
export const t = (key: S, values: Values = {}): string =>
  (STRINGS[current]?.[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => `${values[name]}`);

export const language = (): string => current;

/** Runs `paint` now and at every change of language. */
export function bind(paint: () => void): void {
  bound.push(paint);
  paint();
}

/** The first wish we have words for becomes the language: "es-MX" counts as "es". */
export function speak(...wishes: (string | null)[]): void {
  current = wishes.map((wish) => `${wish}`.slice(0, 2).toLowerCase()).find((lang) => STRINGS[lang]) ?? "en";
  for (const paint of bound) paint();
}

export const swap = (): void => speak(current === "es" ? "en" : "es");

/** "5 May 2027" */
export const day = (iso: string): string =>
  new Date(iso).toLocaleDateString(current, { dateStyle: "long", timeZone: "UTC" });
