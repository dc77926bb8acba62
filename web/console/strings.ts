// Words of the console in English and Spanish; the counsellor's choice is kept in this browser.
import { signal } from "@preact/signals";
import en from "../shared/strings/console.en.json";
import es from "../shared/strings/console.es.json";

export type Key = keyof typeof en;
export type Lang = "en" | "es";
const WORDS: Record<Lang, Record<Key, string>> = { en, es };
const KEPT = "lantern.console.lang";

function first(): Lang {
  const kept = localStorage.getItem(KEPT) ?? navigator.language;
  return kept.startsWith("es") ? "es" : "en";
}

export const lang = signal<Lang>(first());

export function choose(next: Lang): void {
  localStorage.setItem(KEPT, next);
  lang.value = next;
}

/** The words for `key`, with {places} filled in. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return WORDS[lang.value][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** The words for a key made of parts, such as an alert's kind; `other` where there are none. */
export function named(prefix: string, name: string, other: Key): string {
  const key = `${prefix}${name}`;
  return key in WORDS.en ? t(key as Key) : t(other);
}

/** A span of time in words, from a moment on the server's clock until now. */
export function ago(iso: string | null, now: number): string {
  if (!iso) return "";
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 60) return t("seconds", { n: seconds });
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? t("minutes", { n: minutes })
    : t("hours", { n: Math.floor(minutes / 60), m: minutes % 60 });
}

/** Made once for each language: making one takes a hundred times as long as using it. */
function kept<T>(make: (language: Lang) => T): () => T {
  const made: Partial<Record<Lang, T>> = {};
  return () => (made[lang.value] ??= make(lang.value));
}

const languageNames = kept((one) => new Intl.DisplayNames([one], { type: "language" }));
const countryNames = kept((one) => new Intl.DisplayNames([one], { type: "region" }));
const dayFormat = kept(
  (one) =>
    new Intl.DateTimeFormat(one, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
);
const clockFormat = kept((one) => new Intl.DateTimeFormat(one, { hour: "2-digit", minute: "2-digit" }));

/** The name of a language in the counsellor's own. */
export function language(code: string): string {
  return code ? (languageNames().of(code) ?? code) : "–";
}

/** The name of a country in the counsellor's language. */
export function country(code: string | null): string {
  if (!code || code === "ZZ") return t("country_unknown");
  return countryNames().of(code) ?? code;
}

/** The name of a channel. */
export function channel(name: string): string {
  return name in CHANNELS ? CHANNELS[name as keyof typeof CHANNELS] : name === "web" ? t("ch_web") : name;
}

const CHANNELS = { sms: "SMS", whatsapp: "WhatsApp", telegram: "Telegram", messenger: "Messenger" };

/** Day, hour and minute of a moment, in the counsellor's own zone. */
export function day(iso: string): string {
  return dayFormat().format(new Date(iso));
}

/** Hours and minutes of a moment, in the counsellor's own zone. */
export function clock(iso: string): string {
  return clockFormat().format(new Date(iso));
}
