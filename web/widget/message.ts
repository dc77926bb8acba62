// One message as the person sees it: who, title, text, sources, review, progress, choices, "did this help?".
import { feedback } from "./client";
import { button, h } from "./dom";
import { day, language, S, t } from "./lang";
import { link, prose } from "./links";
import { exit } from "./panel";
import type { Message } from "./types";

const BY: Partial<Record<string, S>> = { contact: S.you, counsellor: S.someone };

/** `short`: the country's own numbers, digits only. `choose` hears the id and label of a choice. */
export function messageView(
  m: Message,
  short: string[],
  choose?: (id: string, label: string) => void,
): HTMLElement {
  const { author, name, title, progress, sources = [], reviewed, choices = [] } = m;
  const list = sources.map(({ url, title }) => h("li", link(url, title)));
  return h(
    `div.message ${author}`,
    { lang: m.lang ?? language() },
    progress &&
      h("label", t(S.step, { ...progress }), h("progress", { max: progress.of, value: progress.at })),
    h("div.by", name ? t(S.counsellor, { n: name }) : t(BY[author] ?? S.bot)),
    h(
      "div.body",
      { dir: "auto" },
      title && h("h3", title),
      ...prose(m.text, short),
      list[0] && h("details", h("summary", t(S.sources, { n: list.length })), h("ul", ...list)),
      reviewed &&
        h("p.st", reviewed.on ? t(S.reviewed, { by: reviewed.by, on: day(reviewed.on) }) : t(S.pending)),
    ),
    choices[0] &&
      h(
        "div.row choices",
        ...choices.map(({ id, label, does }) =>
          button(label, () => (does ? exit.click() : choose?.(id, label))),
        ),
      ),
    m.feedback && helpful(m.id),
  );
}

function helpful(id: string): HTMLElement {
  const answer = (key: S, thumb: string) =>
    button(t(key), () => {
      feedback(id, thumb);
      row.replaceChildren(t(S.sent));
    });
  const row = h("div.row st", t(S.useful), answer(S.yes, "up"), answer(S.no, "down"));
  return row;
}
