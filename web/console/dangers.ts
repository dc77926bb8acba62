// Names of the dangers that the screen tells apart, as the protocols are titled in the counsellor's language.
import { effect, signal } from "@preact/signals";
import { get } from "./api";
import { me } from "./state";
import { lang, t } from "./strings";
import type { Protocol, Row } from "./types";

const titles = signal<Record<string, string>>({});

/** Read the titles once somebody with a queue is signed in, and again in another language. */
export function readTitles(): void {
  effect(() => {
    const language = lang.value;
    if (!me.value || me.value.role === "editor") return;
    get<Protocol>(`/protocols/S2?lang=${language}`).then(
      (read) => (titles.value = Object.fromEntries(read.all.map((one) => [one.id, one.title]))),
      () => {},
    );
  });
}

/** One danger in words. */
export function danger(code: string): string {
  return code === "means" ? t("sign_means") : (titles.value[code] ?? code);
}

/** What somebody is in danger of, in words: "A plan to act + a way at hand". */
export function dangers(row: Row): string {
  return (row.seen ?? []).map(danger).join(" + ");
}
