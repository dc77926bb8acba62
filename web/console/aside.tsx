// The panel on the right, one key away: a crisis protocol with the person's numbers, or passages that fit.
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { get } from "./api";
import { inserted } from "./composer";
import { aside, attempt } from "./state";
import { lang, t } from "./strings";
import { focused, panes, threads } from "./threads";
import type { Passage, Protocol } from "./types";

/** The conversation of the focused pane. */
export function current(): string | undefined {
  return panes.value[focused.value] ?? panes.value[0];
}

/** Numbers that are always in view; the others are one press away. */
const FIRST = 3;
/** What the panel offers now, in the order of the digits. */
const offered = signal<string[]>([]);

/** Put the words beside digit `n` into the field of the focused conversation. */
export function offer(n: number): void {
  const text = offered.value[n - 1];
  const id = current();
  if (aside.value && text && id && threads.value[id]?.head.mine) inserted.value = { id, text };
}

export function Aside({ kind }: { kind: "protocol" | "passages" }) {
  return (
    <aside class="aside" aria-label={t(kind)}>
      <header>
        <h2>{t(kind)}</h2>
        <button type="button" onClick={() => (aside.value = null)}>
          {t("close")}
        </button>
      </header>
      {kind === "protocol" ? <Crisis /> : <Answers />}
    </aside>
  );
}

function Use({ text, n }: { text: string; n: number }) {
  const id = current();
  if (!id || !threads.value[id]?.head.mine) return null;
  return (
    <button type="button" class="use" onClick={() => (inserted.value = { id, text })}>
      {t("insert")} {n < 9 && <kbd>{n + 1}</kbd>}
    </button>
  );
}

function Crisis() {
  const id = current();
  const head = id ? threads.value[id]?.head : undefined;
  const [code, setCode] = useState("");
  const [shown, show] = useState<Protocol | null>(null);
  const asked = code || head?.protocol || "S2";
  const language = head?.language ?? lang.value;
  useEffect(() => {
    const query = id ? `?conversation=${id}` : `?lang=${language}`;
    void attempt(() => get<Protocol>(`/protocols/${asked}${query}`)).then((read) => read && show(read));
  }, [asked, id, language]);
  // Before the next key can come: what is seen must take its digit.
  useLayoutEffect(() => {
    offered.value = shown?.steps.map((step) => step.say) ?? [];
  }, [shown]);
  if (!shown) return <p>{t("loading")}</p>;
  return (
    <>
      <section>
        <h3>{t("numbers")}</h3>
        <Numbers numbers={shown.numbers.slice(0, FIRST)} language={language} />
        {shown.numbers.length > FIRST && (
          <details>
            <summary>{t("more_numbers", { n: shown.numbers.length - FIRST })}</summary>
            <Numbers numbers={shown.numbers.slice(FIRST)} language={language} />
          </details>
        )}
      </section>
      <section>
        <label>
          {t("choose_protocol")}
          <select value={asked} onChange={(event) => setCode(event.currentTarget.value)}>
            {shown.all.map((one) => (
              <option key={one.id} value={one.id}>
                {one.id} · {one.title}
              </option>
            ))}
          </select>
        </label>
        <h3>{t("steps")}</h3>
        <ol class="steps">
          {shown.steps.map((step, n) => (
            <li key={step.id}>
              <p lang={language}>{step.say}</p>
              <Use text={step.say} n={n} />
            </li>
          ))}
        </ol>
      </section>
    </>
  );
}

function Numbers({ numbers, language }: { numbers: Protocol["numbers"]; language: string }) {
  return (
    <ul class="numbers">
      {numbers.map((one) => (
        <li key={one.name} class={one.emergency ? "emergency" : ""}>
          <b lang={language}>{one.say}</b> <span class="muted">{one.name}</span>
        </li>
      ))}
    </ul>
  );
}

function Answers() {
  const id = current();
  const head = id ? threads.value[id]?.head : undefined;
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<Passage[]>([]);
  const language = head?.language ?? lang.value;
  useEffect(() => {
    const path = query.trim()
      ? `/passages?lang=${language}&q=${encodeURIComponent(query.trim())}${id ? `&conversation=${id}` : ""}`
      : id && `/conversations/${id}/suggestions`;
    if (!path) return setFound([]);
    const timer = setTimeout(() => {
      void attempt(() => get<Passage[]>(path)).then((read) => read && setFound(read));
    }, 150);
    return () => clearTimeout(timer);
  }, [query, id, language, head?.topic]);
  useLayoutEffect(() => {
    offered.value = found.map((one) => one.text);
  }, [found]);
  return (
    <section>
      <label>
        {t("passages_search")}
        <input type="search" value={query} onInput={(event) => setQuery(event.currentTarget.value)} />
      </label>
      {!query && found.length > 0 && <p class="muted">{t("passages_fit")}</p>}
      {!found.length && <p class="muted">{t("passages_none")}</p>}
      <ul class="passages">
        {found.map((one, n) => (
          <li key={one.id}>
            <h3 lang={language}>{one.title}</h3>
            <p class="text" lang={language}>
              {one.text}
            </p>
            {one.reviewed === "pending" && <small>{t("review_pending")}</small>}
            <Use text={one.text} n={n} />
          </li>
        ))}
      </ul>
    </section>
  );
}
