// The open conversations: read whole once, then only what is new; what is being sent; who types.
import { batch, signal } from "@preact/signals";
import { type Item, type Outbox, outbox } from "../shared/outbox";
import { get, post, Refusal } from "./api";
import type { Message, Opened, Row } from "./types";

export interface Pending {
  key: string;
  text: string;
  state: "sending" | "waiting" | "failed";
  why?: string;
}

export interface Thread extends Opened {
  pending: Pending[];
  typing: boolean;
  /** The reading failed for good: not ours, or not there. */
  gone?: string;
}

/** Conversations by id; panes show one or two of them. */
export const threads = signal<Record<string, Thread>>({});
export const panes = signal<string[]>([]);
export const focused = signal(0);

const rows = new Map<string, string>();
const busy = new Map<string, boolean>();
const outboxes = new Map<string, Outbox>();
const typingTimers = new Map<string, number>();

/** Show a conversation in the focused pane, or beside it. Throws Refusal. */
export async function open(id: string, beside = false): Promise<void> {
  const read = await get<Opened>(`/conversations/${id}`);
  batch(() => {
    put(id, { ...read, pending: threads.value[id]?.pending ?? [], typing: false });
    const shown = panes.value;
    if (shown.includes(id)) focused.value = shown.indexOf(id);
    else if (beside && shown.length) {
      panes.value = [shown[0] as string, id];
      focused.value = 1;
    } else {
      const at = Math.min(focused.value, Math.max(0, shown.length - 1));
      panes.value = shown.length ? shown.map((one, n) => (n === at ? id : one)) : [id];
      focused.value = at;
    }
  });
}

export function shut(id: string): void {
  batch(() => {
    panes.value = panes.value.filter((one) => one !== id);
    focused.value = 0;
    const { [id]: _, ...rest } = threads.value;
    threads.value = rest;
  });
  rows.delete(id);
}

export function closeAll(): void {
  for (const outbox of outboxes.values()) outbox.close();
  outboxes.clear();
  rows.clear();
  batch(() => {
    panes.value = [];
    threads.value = {};
    focused.value = 0;
  });
}

/** Rows of the board came: read on in every open conversation whose row has changed. */
export function freshen(fresh: Row[]): void {
  const known = new Map(fresh.map((row) => [row.id, JSON.stringify(row)]));
  for (const id of panes.value) {
    const row = known.get(id);
    if (row === undefined || rows.get(id) === row) continue;
    rows.set(id, row);
    void readOn(id);
  }
}

/** Read what is new; one reading at a time, and once more if something came meanwhile. */
export async function readOn(id: string): Promise<void> {
  if (busy.has(id)) {
    busy.set(id, true);
    return;
  }
  do {
    busy.set(id, false);
    await once(id);
  } while (busy.get(id));
  busy.delete(id);
}

async function once(id: string): Promise<void> {
  const thread = threads.value[id];
  if (!thread) return;
  const last = thread.messages.at(-1)?.seq ?? 0;
  try {
    const read = await get<Opened>(`/conversations/${id}/messages?after=${last}`);
    const current = threads.value[id];
    if (!current) return;
    put(id, {
      ...current,
      head: read.head,
      notes: read.notes,
      event: read.event,
      messages: merge(current.messages, read.messages, read.fates ?? {}),
      typing: read.messages.some((one) => one.author === "contact") ? false : current.typing,
    });
  } catch (error) {
    if (error instanceof Refusal && [403, 404].includes(error.status) && threads.value[id])
      put(id, { ...(threads.value[id] as Thread), gone: error.message });
  }
}

/** Earlier messages with their newest fate, then those not known yet, in order. */
export function merge(known: Message[], fresh: Message[], fates: Record<string, string>): Message[] {
  const ids = new Set(known.map((one) => one.id));
  const kept = known.map((one) => {
    const fate = fates[one.id];
    return fate && fate !== one.fate ? { ...one, fate } : one;
  });
  return [...kept, ...fresh.filter((one) => !ids.has(one.id))].sort((a, b) => a.seq - b.seq);
}

export function typed({ conversation, on }: { conversation: string; on: boolean }): void {
  const thread = threads.value[conversation];
  if (!thread) return;
  clearTimeout(typingTimers.get(conversation));
  if (thread.typing !== on) put(conversation, { ...thread, typing: on });
  // A lost "off" must not leave somebody typing for ever.
  if (on) typingTimers.set(conversation, Number(setTimeout(() => typed({ conversation, on: false }), 6000)));
}

/** Send words: shown at once, repeated under the same key until the server has them. */
export function send(id: string, text: string): void {
  const item: Item = { key: crypto.randomUUID(), text };
  outboxOf(id).put(item);
}

export function sendAgain(id: string, pending: Pending): void {
  dropPending(id, pending.key);
  outboxOf(id).put({ key: pending.key, text: pending.text });
}

function outboxOf(id: string): Outbox {
  const kept = outboxes.get(id);
  if (kept) return kept;
  const why = new Map<string, string>();
  const made = outbox(
    async (item) => {
      try {
        await post(`/conversations/${id}/answer`, { text: item.text }, item.key);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        why.set(item.key, error.message);
        throw new Response(null, { status: error.status });
      }
    },
    (item, state) => {
      if (state === "sent") {
        void readOn(id).then(() => dropPending(id, item.key));
        return;
      }
      const sentence = why.get(item.key);
      setPending(id, { key: item.key, text: item.text, state, ...(sentence ? { why: sentence } : {}) });
    },
  );
  outboxes.set(id, made);
  return made;
}

function setPending(id: string, pending: Pending): void {
  const thread = threads.value[id];
  if (!thread) return;
  const others = thread.pending.filter((one) => one.key !== pending.key);
  put(id, { ...thread, pending: [...others, pending] });
}

function dropPending(id: string, key: string): void {
  const thread = threads.value[id];
  if (thread) put(id, { ...thread, pending: thread.pending.filter((one) => one.key !== key) });
}

function put(id: string, thread: Thread): void {
  threads.value = { ...threads.value, [id]: thread };
}

/** Put the cursor where words are written, once the page has drawn it. */
export function focusComposer(id: string): void {
  requestAnimationFrame(() => document.getElementById(`write-${id}`)?.focus());
}
