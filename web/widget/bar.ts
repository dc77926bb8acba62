// The emergency bar: real links to call and text, for the site's country, without any request.
import { HELPLINES } from "../generated/helplines";
import { h, label, outside } from "./dom";
import { bind, language, S, t } from "./lang";

/** Emergency numbers, number to call, number to text with its word, the same in Spanish, page to find a line. */
export type Bar = string[];

/** The numbers of a country; of `ZZ` where we do not know it. "UK" is understood. */
export const barOf = (country: string): Bar =>
  HELPLINES[country.toUpperCase().replace("UK", "GB")] ?? (HELPLINES.ZZ as Bar);

/** The country's own numbers, digits only: they become links inside messages however short they are. */
export const shortNumbers = ([emergency = "", call = ""]: Bar): string[] =>
  [...emergency.split(" "), call].map((n) => n.replace(/\D/g, ""));

export const telHref = (number: string): string => `tel:${number.replace(/[^\d+]/g, "")}`;

/** "988" or "741741 HOME" -> an sms: link that both kinds of phone understand. */
export const smsHref = (text: string): string => `sms:${text.replace(" ", "?&body=")}`;

/** The links, each with a small caption; painted again when the language changes. Beside the launcher only the first is shown. */
export function emergencyBar([emergency = "", call, english, spanish, page]: Bar): HTMLElement {
  const nav = h("nav.emergency-bar");
  bind(() => {
    const caption = (key: S, n: string) => [h("small", `${t(key)} `), h("b", n)];
    const text = (language() === "es" && spanish) || english;
    nav.replaceChildren(
      ...emergency
        .split(" ")
        .map((n, i) => h("a", { href: telHref(n) }, ...caption(S.emergency, i ? n : t(S.call, { n })))),
    );
    if (call) nav.append(h("a", { href: telHref(call) }, ...caption(S.crisis, t(S.call, { n: call }))));
    if (text)
      nav.append(
        h("a", { href: smsHref(text) }, ...caption(S.crisis, t(S.text, { n: text.split(" ")[0] as string }))),
      );
    if (page) nav.append(outside(page, ...caption(S.crisis, page.slice(8))));
    label(nav, t(S.help));
  });
  return nav;
}
