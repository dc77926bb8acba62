// content/helplines/*.yml -> the numbers of the emergency bar, one short line a country.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const digits = (number) => number.replace(/[^\d+*#]/g, "");

/** Lines that may be shown: never unverified; 24 hours; of use in a crisis. */
function crisisLines(country) {
  return country.lines.filter(
    (line) => line.status !== "unverified" && line.scopes.includes("crisis") && !line.hours?.spans?.length,
  );
}

/** The word to send in Spanish, where the owner names one: "envía AYUDA al 988". */
function spanishKeyword(line) {
  const number = digits(line.sms).replace(/[+*#]/g, "\\$&");
  return new RegExp(`env[ií]a (\\p{Lu}{2,}) al ${number}`, "u").exec(line.say.es)?.[1];
}

const textTo = (line, keyword) => (line ? [digits(line.sms), keyword].filter(Boolean).join(" ") : "");

/** One country as a list: emergency numbers, number to call, number to text (and its word), the same in Spanish, page. */
export function barOf(country) {
  const lines = crisisLines(country);
  const call = lines.find((line) => line.call);
  const text = lines.find((line) => line.sms);
  const finder = country.lines.find(
    (line) => line.status !== "unverified" && line.chat && line.scopes.includes("finder"),
  );
  const english = textTo(text, text?.keyword);
  const spanish = textTo(text, text && (spanishKeyword(text) ?? text.keyword));
  const numbers =
    country.country === "ZZ" ? country.emergency.numbers.slice(0, 3) : country.emergency.numbers.slice(0, 1);
  return [
    numbers.join(" "),
    call?.call ?? "",
    english,
    spanish === english ? "" : spanish,
    call || text ? "" : (finder?.chat ?? ""),
  ]
    .join("|")
    .replace(/\|+$/, "")
    .split("|");
}

/** The generated module; `ZZ` (country unknown) must be there. */
export function helplines(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith(".yml"));
  const bars = files
    .map((name) => parse(readFileSync(join(folder, name), "utf8")))
    .map((c) => [c.country, barOf(c)]);
  const table = Object.fromEntries(bars.sort(([a], [b]) => (a < b ? -1 : 1)));
  if (!table.ZZ) throw new Error(`no ZZ.yml in ${folder}: the numbers shown when the country is unknown`);
  return `// Made by tools/helplines.mjs from content/helplines/*.yml: emergency numbers, call, text and its word, the same in Spanish, page.
export const HELPLINES: Record<string, string[]> = ${JSON.stringify(table)};\n`;
}
