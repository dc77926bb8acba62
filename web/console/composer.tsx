// The field for words: message or private note, never one for the other; prepared replies by "/"; drafts kept.
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { get, post } from "./api";
import { draft, keepDraft } from "./drafts";
import { attempt } from "./state";
import { lang, named, t } from "./strings";
import { readOn, send } from "./threads";
import type { Head, Prepared } from "./types";

type Mode = "message" | "note" | "whisper";

/** Words another part of the page puts into a conversation's field. */
export const inserted = signal<{ id: string; text: string } | null>(null);
/** Asks a conversation's field to change its mode. */
export const wanted = signal<{ id: string; mode: Mode } | null>(null);

const TYPING = 2500;

export function Composer({ id, head, whisper = false }: { id: string; head: Head; whisper?: boolean }) {
  const [mode, setMode] = useState<Mode>(whisper ? "whisper" : "message");
  const [text, setText] = useState(draft(id, mode));
  const field = useRef<HTMLTextAreaElement>(null);
  const change = (next: string) => {
    setText(next);
    keepDraft(id, mode, next);
  };
  const turn = (next: Mode) => {
    setMode(next);
    setText(draft(id, next));
    field.current?.focus();
  };
  // Read while drawing, so that a change of either draws this field again.
  const given = inserted.value;
  const asked = wanted.value;
  useEffect(() => {
    if (given?.id !== id) return;
    inserted.value = null;
    const before = draft(id, "message");
    const joined = before && !before.startsWith("/") ? `${before.trimEnd()} ${given.text}` : given.text;
    setMode("message");
    setText(joined);
    keepDraft(id, "message", joined);
    field.current?.focus();
  });
  useEffect(() => {
    if (asked?.id !== id) return;
    wanted.value = null;
    turn(asked.mode);
  });
  const blocked = mode === "message" && head.unreachable !== null;
  async function submit(): Promise<void> {
    const words = text.trim();
    if (!words || blocked) return;
    change("");
    if (mode === "message") return send(id, words);
    const path = mode === "note" ? "notes" : "whisper";
    const kept = await attempt(() => post(`/conversations/${id}/${path}`, { text: words }).then(() => true));
    if (!kept) change(words);
    await readOn(id);
  }
  const listing = mode === "message" && text.startsWith("/");
  return (
    <footer class={`foot compose ${mode}`}>
      {!whisper && <Modes mode={mode} turn={turn} />}
      {blocked && (
        <p class="unreachable" id={`un-${id}`}>
          {t("unreachable")}: {named("un_", head.unreachable ?? "", "un_other")}.
        </p>
      )}
      <div class="write">
        <label class="hidden" for={`write-${id}`}>
          {t(`${mode}_to`)}
        </label>
        <textarea
          id={`write-${id}`}
          ref={field}
          rows={3}
          value={text}
          disabled={blocked}
          lang={mode === "message" ? head.language : lang.value}
          placeholder={t(`${mode}_to`)}
          aria-describedby={`hint-${id}`}
          onInput={(event) => {
            change(event.currentTarget.value);
            if (mode === "message") tell(id);
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !listing) {
              event.preventDefault();
              void submit();
            }
          }}
        />
        <button
          type="button"
          class="main"
          disabled={!text.trim() || blocked || listing}
          onClick={() => void submit()}
        >
          {t(mode === "message" ? "send" : mode === "note" ? "keep_note" : "send_whisper")}
        </button>
      </div>
      {listing && (
        <Replies
          id={id}
          language={head.language}
          typed={text.slice(1)}
          use={(words) => {
            change(words);
            field.current?.focus();
          }}
        />
      )}
      <p class="hint" id={`hint-${id}`}>
        {mode === "message" ? t("composer_hint") : t(`${mode}_to`)}
      </p>
    </footer>
  );
}

function Modes({ mode, turn }: { mode: Mode; turn: (mode: Mode) => void }) {
  return (
    <fieldset class="modes">
      <legend class="hidden">{t("mode")}</legend>
      {(["message", "note"] as const).map((one) => (
        <button key={one} type="button" aria-pressed={mode === one} class={one} onClick={() => turn(one)}>
          {t(`mode_${one}`)}
        </button>
      ))}
    </fieldset>
  );
}

const told = new Map<string, number>();

/** Tell the person that somebody writes, at most every few seconds. */
function tell(id: string): void {
  if (Date.now() - (told.get(id) ?? 0) < TYPING) return;
  told.set(id, Date.now());
  void post(`/conversations/${id}/typing`, { on: true }).catch(() => {});
}

interface RepliesProps {
  id: string;
  language: string;
  typed: string;
  use: (text: string) => void;
}

function Replies({ id, language, typed, use }: RepliesProps) {
  const [all, setAll] = useState<Prepared[]>([]);
  const [at, setAt] = useState(0);
  useEffect(() => {
    void attempt(() => get<Prepared[]>(`/replies?conversation=${id}`)).then((read) => read && setAll(read));
  }, [id]);
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = all.filter((one) =>
    words.every((word) =>
      `${one.id} ${one.title[lang.value]} ${one.text[language]}`.toLowerCase().includes(word),
    ),
  );
  // Before the next key can come: a list that is seen must take Enter.
  useLayoutEffect(() => {
    const field = document.getElementById(`write-${id}`);
    const press = (event: KeyboardEvent) => {
      if (event.key === "ArrowDown") setAt(Math.min(at + 1, fits.length - 1));
      else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
      else if (event.key === "Enter" && fits[at]) use(fits[at].text[language] ?? "");
      else if (event.key === "Escape") use("");
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    field?.addEventListener("keydown", press);
    return () => field?.removeEventListener("keydown", press);
  });
  return (
    <section class="replies" aria-label={t("replies")}>
      {!fits.length && <p class="muted">{t("replies_none")}</p>}
      <ul>
        {fits.map((one, n) => (
          <li key={one.id}>
            <button type="button" class={n === at ? "at" : ""} onClick={() => use(one.text[language] ?? "")}>
              <b>{one.title[lang.value]}</b> <span lang={language}>{one.text[language]}</span>
              {one.reviewed === "pending" && <small>{t("review_pending")}</small>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
