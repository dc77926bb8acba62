// The language of the widget's own words, and what must be said again when it changes.
import { S, STRINGS } from "../generated/widget-strings";

export { S };

type Values = Record<string, unknown>;

let current = "en";
let wished: string | undefined;
const bound: (() => void)[] = [];

/** The words for `key`, with {values} put in. */
export const t = (key: S, values: Values = {}): string =>
  ((STRINGS[current] as string[])[key] as string).replace(/\{(\w+)\}/g, (_, name) => `${values[name]}`);

export const language = (): string => current;

/** Runs `paint` now and at every change of language. */
export function bind(paint: () => void): void {
  bound.push(paint);
  paint();
}

/** The first wish we have words for becomes the language: "es-MX" counts as "es". */
export function speak(...wishes: (string | null | undefined)[]): void {
  current = wishes.map((wish) => `${wish}`.slice(0, 2).toLowerCase()).find((lang) => STRINGS[lang]) ?? "en";
  for (const paint of bound) paint();
}

/** The person changes the language: from now on it is their choice, for the answers too. */
export function swap(): void {
  wished = current === "es" ? "en" : "es";
  speak(wished);
}

/** What the person has just chosen, told once: later the conversation may be in another language again. */
export function chosen(): string | undefined {
  const lang = wished;
  wished = undefined;
  return lang;
}

/** "5 May 2027" */
export const day = (iso: string): string =>
  new Date(iso).toLocaleDateString(current, { dateStyle: "long", timeZone: "UTC" });
