// What the page knows: who is signed in, the board, what is announced; and the moves between views.
import { effect, signal } from "@preact/signals";
import type { Frame } from "../shared/frames";
import { get, post, Refusal, whenLocked } from "./api";
import { clearDrafts } from "./drafts";
import { Live } from "./live";
import { sentence } from "./refusals";
import { named, t } from "./strings";
import { closeAll, freshen, typed } from "./threads";
import type { Board, Me, Row } from "./types";

export type Dialog =
  | { kind: "help" | "staff" | "profile" | "passkeys" }
  | { kind: "end" | "transfer" | "glass" | "earlier"; id: string }
  | { kind: "debrief" };

const EMPTY: Board = { queue: [], mine: [], held: [], health: null, team: [], alerts: [], callbacks: [] };
const BEAT = 15000;

export const view = signal<"loading" | "enrol" | "signin" | "board">("loading");
/** Which part of the page is shown. */
export const section = signal<"desk" | "directory" | "overview" | "review">("desk");
export const locked = signal(false);
export const me = signal<Me | null>(null);
export const board = signal<Board>(EMPTY);
export const connected = signal(false);
export const now = signal(Date.now());
export const dialog = signal<Dialog | null>(null);
export const aside = signal<"protocol" | "passages" | null>(null);
/** Said once by a screen reader: politely, or at once. */
export const polite = signal("");
export const urgent = signal("");
export const problem = signal("");

let live: Live | null = null;
let lastBeat = 0;
let used = true;

/** Look who is signed in and begin. */
export async function begin(): Promise<void> {
  if (location.hash.startsWith("#enrol=")) {
    view.value = "enrol";
    return;
  }
  try {
    enter(await get<Me>("/me"));
  } catch {
    view.value = "signin";
  }
}

export function enter(person: Me): void {
  if (me.value && me.value.id !== person.id) forget();
  me.value = person;
  locked.value = false;
  view.value = "board";
  problem.value = "";
  if (person.role === "editor") {
    section.value = "review";
    return;
  }
  live?.close();
  live = new Live({ frame: take, state: linked });
  void beat(true);
}

export async function signOut(): Promise<void> {
  await attempt(() => post("/presence", { available: false }));
  await fetch("api/session", { method: "DELETE", headers: { "X-Lantern": "console" } }).catch(() => {});
  forget();
  view.value = "signin";
}

function forget(): void {
  live?.close();
  clearDrafts();
  closeAll();
  board.value = EMPTY;
  me.value = null;
  section.value = "desk";
  dialog.value = aside.value = null;
}

function linked(up: boolean, ended: boolean): void {
  connected.value = up;
  if (up) locked.value = false;
  if (ended) lock();
}

function lock(): void {
  connected.value = false;
  if (view.value === "board") locked.value = true;
}

function take(frame: Frame): void {
  if (frame.event === "typing") typed(frame.data as { conversation: string; on: boolean });
  else if (frame.event in EMPTY) {
    const before = board.value;
    board.value = { ...before, [frame.event]: frame.data };
    announce(before, board.value, frame.event);
    if (["mine", "queue", "held"].includes(frame.event)) freshen(frame.data as Row[]);
  }
  if (Date.now() - lastBeat > BEAT) void beat();
}

/** A sign of life, sent when something arrived: it shows that both directions work. */
export async function beat(first = false): Promise<void> {
  lastBeat = Date.now();
  const active = used;
  used = false;
  const answer = await attempt(() => post<{ available: boolean }>("/presence", { active: active || first }));
  if (answer && me.value && me.value.available !== answer.available)
    me.value = { ...me.value, available: answer.available };
}

export async function setAvailable(available: boolean): Promise<void> {
  const answer = await attempt(() => post<{ available: boolean }>("/presence", { available }));
  if (answer && me.value) me.value = { ...me.value, available: answer.available };
}

function announce(before: Board, after: Board, section: string): void {
  if (section === "alerts") {
    const known = new Set(before.alerts.map((one) => one.id));
    const fresh = after.alerts.find((one) => !known.has(one.id) && (one.level ?? "P3") <= "P1");
    if (fresh)
      urgent.value = `${named("alert_", fresh.kind, "alert_other")}. ${fresh.level ? t(fresh.level) : ""}`;
  }
  if (section === "queue") {
    const known = new Set(before.queue.map((one) => one.id));
    const fresh = after.queue.find((one) => !known.has(one.id));
    if (fresh)
      polite.value = t("new_in_queue", {
        level: t(fresh.level),
        reason: named("reason_", fresh.reason, "reason_other"),
      });
  }
  if (section === "mine") {
    const wrote = new Map(before.mine.map((one) => [one.id, one.wrote_at]));
    if (after.mine.some((one) => wrote.has(one.id) && wrote.get(one.id) !== one.wrote_at))
      polite.value = t("new_message");
  }
}

/** Carry out; a refusal becomes a sentence on the page, and undefined. */
export async function attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    const done = await act();
    problem.value = "";
    return done;
  } catch (error) {
    if (!(error instanceof Refusal && error.status === 401)) problem.value = sentence(error);
    return undefined;
  }
}

/** The board's row of a conversation, wherever it stands. */
export function rowOf(id: string): Row | undefined {
  const { queue, mine, held } = board.value;
  return [...mine, ...queue, ...held].find((row) => row.id === id);
}

export function startClock(): void {
  whenLocked(lock);
  setInterval(() => {
    now.value = Date.now();
  }, 5000);
  setInterval(() => {
    if (view.value === "board" && !locked.value && Date.now() - lastBeat > BEAT * 1.4) void beat();
  }, BEAT);
  for (const event of ["keydown", "pointerdown", "input"]) addEventListener(event, () => (used = true), true);
  for (const event of ["online", "pageshow"]) addEventListener(event, () => live?.wake());
  document.addEventListener("visibilitychange", () => live?.wake());
  effect(() => {
    const count = board.value.queue.length;
    const danger = board.value.health?.high_risk ? "! " : "";
    document.title = `${count ? `(${danger}${count}) ` : ""}Lantern console`;
  });
}
