// The thread in order: words of person, bot and counsellors, with what failed marked; notes look different.
import { Badge } from "./badge";
import { clock, named, t } from "./strings";
import { type Pending, sendAgain, type Thread } from "./threads";
import type { Message, Note } from "./types";

type Entry = { at: string; seq: number; message?: Message; note?: Note };

/** Messages by number, each note where its time stands. */
export function inOrder(messages: Message[], notes: Note[]): Entry[] {
  const entries: Entry[] = messages.map((message) => ({ at: message.at, seq: message.seq, message }));
  for (const note of notes) {
    const place = entries.findIndex((one) => one.message !== undefined && one.at > note.at);
    const entry: Entry = { at: note.at, seq: -1, note };
    if (place < 0) entries.push(entry);
    else entries.splice(place, 0, entry);
  }
  return entries;
}

export function Log({ thread }: { thread: Thread }) {
  return (
    <ol class="log">
      {inOrder(thread.messages, thread.notes).map(({ message, note }) =>
        message ? (
          <Said key={message.id} message={message} />
        ) : note ? (
          <Kept key={note.id} note={note} />
        ) : null,
      )}
      {thread.pending.map((one) => (
        <Going key={one.key} id={thread.head.id} pending={one} />
      ))}
    </ol>
  );
}

function Said({ message }: { message: Message }) {
  const failed = message.fate === "failed" || message.fate === "withheld";
  const fate = message.fate && message.fate !== "sent" ? named("fate_", message.fate, "fate_waiting") : "";
  return (
    <li id={`m-${message.id}`} class={`said ${message.author} ${failed ? "failed" : ""}`}>
      <p class="by">
        <b>{message.author === "counsellor" ? (message.name ?? t("counsellor")) : t(message.author)}</b>
        <time dateTime={message.at}>{clock(message.at)}</time>
        {message.level && message.author === "contact" && message.level <= "P1" && (
          <Badge level={message.level} />
        )}
        {fate && (
          <span class="fate">
            {fate}
            {message.failure ? ` (${message.failure})` : ""}
          </span>
        )}
      </p>
      {message.title && <p class="title">{message.title}</p>}
      <p class="text" lang={message.lang}>
        {message.choice ? `→ ${t("chose")}` : message.text}
      </p>
      {message.choices && <p class="offered">{t("offered", { labels: message.choices.join(" · ") })}</p>}
    </li>
  );
}

function Kept({ note }: { note: Note }) {
  return (
    <li class={`said note ${note.kind}`}>
      <p class="by">
        <b>{t(note.kind)}</b> {note.by} <time dateTime={note.at}>{clock(note.at)}</time>
      </p>
      <p class="text">
        {note.reason ? `${named("end_", note.reason, "end_reason")}. ` : ""}
        {note.text}
      </p>
      {[
        ...(note.topics ?? []).map((one) => named("topic_", one, "topic_other")),
        ...(note.steps ?? []).map((one) => named("step_", one, "topic_other")),
      ].join(" · ")}
    </li>
  );
}

function Going({ id, pending }: { id: string; pending: Pending }) {
  return (
    <li class={`said counsellor going ${pending.state}`}>
      <p class="by">
        <b>{t(pending.state === "failed" ? "not_sent" : "sending")}</b>
        {pending.state === "failed" && (
          <>
            <span class="fate">{pending.why}</span>
            <button type="button" onClick={() => sendAgain(id, pending)}>
              {t("try_again")}
            </button>
          </>
        )}
      </p>
      <p class="text">{pending.text}</p>
    </li>
  );
}
