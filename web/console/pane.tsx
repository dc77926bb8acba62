// One conversation: who and how it stands, summary by quotes, the thread, the field for words.
import { useEffect, useRef } from "preact/hooks";
import { post } from "./api";
import { Badge } from "./badge";
import { Composer } from "./composer";
import { danger } from "./dangers";
import { Log } from "./log";
import { aside, attempt, board, dialog, me } from "./state";
import { channel, country, language, named, t } from "./strings";
import { focused, panes, readOn, shut, type Thread, threads } from "./threads";
import type { Head, Quote } from "./types";

export function Pane({ id, at }: { id: string; at: number }) {
  const thread = threads.value[id];
  const section = useRef<HTMLElement>(null);
  // On a phone the pane stands below the lists: whoever opened it wants to see it.
  useEffect(() => {
    if (matchMedia("(max-width: 760px)").matches) section.current?.scrollIntoView();
  }, []);
  if (!thread) return null;
  const { head } = thread;
  const focus = () => {
    focused.value = at;
  };
  return (
    <section
      ref={section}
      class={`pane ${focused.value === at && panes.value.length > 1 ? "focused" : ""}`}
      aria-label={`${at + 1}. ${reason(head)}`}
      onFocusCapture={focus}
      onPointerDown={focus}
    >
      <Top head={head} />
      {thread.gone ? (
        <p class="problem" role="alert">
          {t("erased")}{" "}
          <button type="button" onClick={() => shut(id)}>
            {t("close_pane")}
          </button>
        </p>
      ) : (
        <>
          <Scroll thread={thread} />
          <Foot thread={thread} />
        </>
      )}
    </section>
  );
}

/** Why the person is here; two panes may have the same reason, so their labels are numbered. */
function reason(head: Head): string {
  return head.reason ? named("reason_", head.reason, "reason_other") : t("bot");
}

function Top({ head }: { head: Head }) {
  const id = head.id;
  const row = board.value.mine.find((one) => one.id === id);
  const senior = me.value?.role === "supervisor" || me.value?.role === "administrator";
  const act = (path: string, body?: unknown) =>
    void attempt(() => post(`/conversations/${id}/${path}`, body)).then(() => readOn(id));
  return (
    <header class="top">
      <div class="facts">
        <h2>
          {head.level && <Badge level={head.level} />}
          <span>{reason(head)}</span>
        </h2>
        <p class="muted">
          {channel(head.channel)} · {language(head.language)} · {country(head.country)}
          {head.risk ? ` · ${t("risk_open")}${head.protocol ? ` (${danger(head.protocol)})` : ""}` : ""}
          {head.who ? ` · ${head.who}` : ""}
          {head.flagged ? ` · ${t("flagged")}` : ""}
        </p>
        {head.invited && (
          <p class="invited">
            {head.invited.me ? t("invited_you") : t("invited", { name: head.invited.name })}
          </p>
        )}
      </div>
      <div class="buttons">
        {head.invited?.me && (
          <>
            <button type="button" class="main" onClick={() => act("accept")}>
              {t("accept")}
            </button>
            <button type="button" onClick={() => act("decline")}>
              {t("decline")}
            </button>
          </>
        )}
        {head.mine && (
          <>
            <button
              type="button"
              aria-pressed={head.flagged}
              onClick={() => act("flag", { on: !head.flagged })}
            >
              {t(head.flagged ? "unflag" : "flag")}
            </button>
            <button type="button" onClick={() => (dialog.value = { kind: "earlier", id })}>
              {t("earlier")}
            </button>
            <button type="button" onClick={() => (dialog.value = { kind: "transfer", id })}>
              {t("transfer")}
            </button>
            <button
              type="button"
              onClick={() => void attempt(() => post(`/conversations/${id}/release`)).then(() => shut(id))}
            >
              {t("release")}
            </button>
            <button type="button" onClick={() => (dialog.value = { kind: "end", id })}>
              {t("end")}
            </button>
          </>
        )}
        {!head.mine && head.holder === "claimed" && senior && !row && (
          <button type="button" class="main" onClick={() => act("take-over")}>
            {t("take_over")}
          </button>
        )}
        <button type="button" aria-label={t("close_pane")} onClick={() => shut(id)}>
          ✕
        </button>
      </div>
    </header>
  );
}

function Scroll({ thread }: { thread: Thread }) {
  const box = useRef<HTMLDivElement>(null);
  const count = thread.messages.length + thread.pending.length + thread.notes.length;
  useEffect(() => {
    const element = box.current;
    if (element) element.scrollTop = element.scrollHeight;
    // A panel that opens makes the lines longer: the newest words stay in view.
  }, [count, aside.value]);
  return (
    // The log scrolls: it must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region needs focus
    <div class="scroll" ref={box} tabIndex={0} role="log" aria-label={t("contact")}>
      <Summary quotes={thread.summary ?? []} />
      <Answers lines={thread.answers ?? []} />
      <Log thread={thread} />
      {thread.typing && <p class="typing">{t("person_types")} …</p>}
    </div>
  );
}

function Summary({ quotes }: { quotes: Quote[] }) {
  if (!quotes.length) return null;
  const go = (id: string) => document.getElementById(`m-${id}`)?.scrollIntoView({ block: "center" });
  return (
    <details class="summary" open>
      <summary>{t("summary")}</summary>
      <p class="muted">{t("summary_made")}</p>
      <ul>
        {quotes.map((one) => (
          <li key={one.message} class={one.why}>
            <button type="button" class="plain" onClick={() => go(one.message)}>
              <b>{t(`why_${one.why}`)}:</b> “{one.quote}”
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Answers({ lines }: { lines: string[] }) {
  if (!lines.length) return null;
  return (
    <details class="summary">
      <summary>{t("answers_shared")}</summary>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </details>
  );
}

function Foot({ thread }: { thread: Thread }) {
  const { head } = thread;
  const senior = me.value?.role === "supervisor" || me.value?.role === "administrator";
  if (head.mine) return <Composer id={head.id} head={head} />;
  if (head.holder === "requested")
    return (
      <footer class="foot">
        <p>{t("claim_first")}</p>
        <button
          type="button"
          class="main"
          onClick={() =>
            void attempt(() => post(`/conversations/${head.id}/claim`)).then(() => readOn(head.id))
          }
        >
          {t("claim")}
        </button>
      </footer>
    );
  if (head.holder === "claimed" && senior && !head.invited?.me)
    return <Composer id={head.id} head={head} whisper />;
  return <footer class="foot muted">{head.invited?.me ? t("invited_you") : t("gone")}</footer>;
}
