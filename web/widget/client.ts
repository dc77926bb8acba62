// One conversation as this tab sees it: session, event log, outbox, and the other tabs of the same browser.
import { accept, again, refusal, sleep, wakeUp } from "../shared/again";
import type { Frame } from "../shared/frames";
import { leader } from "../shared/leader";
import { type Item, type ItemState, type Outbox, outbox } from "../shared/outbox";
import { follow, poll, type StreamOptions } from "../shared/stream";
import { chosen, language } from "./lang";
import { load, save, wipe } from "./store";
import type { Message } from "./types";

export interface Hooks {
  /** One event of the log, in order; "live" comes once, when the history has been read; "closed" also when the session is over, "exit" after quick exit in another tab. */
  event(frame: Frame): void;
  link(up: boolean): void;
  item(item: Item, state: ItemState): void;
}

/** What tabs with the same token tell each other; never kept. */
interface Note {
  ask?: boolean;
  token?: string;
  frame?: Frame;
  bye?: boolean;
}

let base: string;
let hooks: Hooks;
let token = "";
let last = 0;
let typed = 0;
let made: Promise<void> | undefined;
let leave: (() => void) | undefined;
let channel: BroadcastChannel | undefined;
let box: Outbox;

/** Once, before all else. `address` of the gateway ends in a slash. */
export function connect(address: string, hooks_: Hooks): void {
  base = address;
  hooks = hooks_;
  close();
  addEventListener("online", wakeUp);
  document.addEventListener("visibilitychange", wakeUp);
}

export const has = (): boolean => !!token;

/** Takes up the session of this tab, or of another open tab; false when there is none. */
export async function resume(): Promise<boolean> {
  const { token: secret, unsent = [] } = load();
  if (secret) adopt(secret);
  if (window.BroadcastChannel) {
    channel = new BroadcastChannel(`lantern ${base}`);
    channel.onmessage = ({ data }) => hear(data);
    if (!token) {
      channel.postMessage({ ask: true });
      await sleep(80); // the other tabs answer within a moment, or there are none
    }
  }
  if (token)
    begin(true).then(() => {
      unsent.forEach(box.put);
    });
  return has();
}

/** Makes a conversation; the person has agreed. */
export function create(country: string): void {
  const mine = box;
  made = again(async () => {
    const answer = await call("conversations", "POST", { lang: language(), ...(country && { country }) });
    const { token } = await answer.json();
    if (mine !== box) return; // left meanwhile
    adopt(token);
    begin(false);
  }, down);
  made.catch(down);
}

export function send(text: string, choice?: string): void {
  // Such an address ends in a random UUID, also where `crypto.randomUUID` is missing (no https).
  box.put({ key: URL.createObjectURL(new Blob()).slice(-36), text, choice, lang: chosen() });
}

/** Sends it again, or now. */
export function retry(item: Item): void {
  if (box.items().includes(item)) wakeUp();
  else box.put(item);
}

export function typing(): void {
  if (Date.now() - typed > 4000) quietly("typing", { on: true });
  typed = Date.now();
}

export const feedback = (message: string, thumb: string): void => quietly("feedback", { message, thumb });
export const transcript = async (): Promise<string> => (await call("transcript")).text();
export const end = (): Promise<unknown> => call("end", "POST", {});
export const erase = (): Promise<unknown> => call("conversation", "DELETE");

/** Ends the token by beacon and forgets everything, in all tabs. Needs no network. */
export function exit(): void {
  if (token) navigator.sendBeacon(`${base}api/exit`, token);
  tell({ bye: true });
  wipe();
  close();
}

/** Forgets everything in this tab; storage stays. */
export function close(): void {
  leave?.();
  channel?.close();
  box?.close();
  leave = channel = made = undefined;
  token = "";
  last = 0;
  box = outbox(
    async ({ key, text, choice, lang }) => {
      await made;
      return call("messages", "POST", { ...(choice ? { choice } : { text }), lang }, key);
    },
    (item, state) => {
      keepUnsent();
      hooks.item(item, state);
    },
  );
}

const signal = (event: string): void => hooks.event({ id: 0, event, data: {} });
const down = (): void => hooks.link(false);

function quietly(path: string, body: unknown): void {
  call(path, "POST", body).catch(() => {});
}

async function call(path: string, method?: string, body?: unknown, key?: string): Promise<Response> {
  return accept(
    await request(path, { method, body: body && JSON.stringify(body) }, key && { "Idempotency-Key": key }),
  );
}

function request(path: string, init: object, more?: "" | object): Promise<Response> {
  const headers = {
    ...(token && { Authorization: `Bearer ${token}` }),
    "Content-Type": "application/json",
    ...more,
  };
  return fetch(`${base}api/${path}`, { signal: AbortSignal.timeout?.(10000), ...init, headers });
}

function adopt(secret: string): void {
  token = secret;
  save({ token });
}

function keepUnsent(): void {
  if (token) save({ unsent: box.items() });
}

const log: StreamOptions = {
  request: (signal, wait) =>
    request(`events?after=${last}${wait === undefined ? "" : `&wait=${wait}`}`, {
      ...(signal && { signal }),
    }),
  frame(frame) {
    take(frame);
    tell({ frame });
  },
  state(up, status) {
    if (status && status !== 403) over();
    else hooks.link(up);
  },
};

/** History first, then the log is followed by whichever tab leads. */
async function begin(history: boolean): Promise<void> {
  const mine = token;
  if (history) await catchUp();
  if (!token || token !== mine) return;
  signal("live");
  leave = leader(`lantern ${token}`, () => follow(log), catchUp);
}

/** Reads what is new, at once; tries until it works or the server refuses for good. */
async function catchUp(): Promise<void> {
  const mine = token;
  try {
    await again(async () => {
      while (mine === token && (await poll({ ...log, frame: take }, 0)));
    }, down);
  } catch (error) {
    if (mine === token) log.state(false, refusal(error));
  }
}

/** Takes a frame that is new (typing has no number and is always new). */
function take(frame: Frame): void {
  const { id, data } = frame;
  if (id && id <= last) return;
  last = id || last;
  box.ack((data as Message).key ?? "");
  keepUnsent();
  hooks.event(frame);
}

function hear(note: Note): void {
  if (note.ask) {
    if (token) tell({});
  } else if (!token && !made && note.token) {
    adopt(note.token);
    wakeUp();
  } else if (note.token === token) {
    if (note.bye) over("exit");
    else if (note.frame) {
      if (note.frame.id > last + 1)
        catchUp(); // one before it is missing
      else take(note.frame);
    }
  }
}

function tell(note: Note): void {
  channel?.postMessage({ ...note, token });
}

function over(event = "closed"): void {
  wipe();
  close();
  signal(event);
}
