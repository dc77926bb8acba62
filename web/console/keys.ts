// Single keys (they can be switched off): lists, writing, notes, protocol, passages, end, panes, help.
import { signal } from "@preact/signals";
import { current, offer } from "./aside";
import { wanted } from "./composer";
import { act, chosen, reachable, takeNext } from "./lists";
import { aside, dialog, locked, section, view } from "./state";
import { focusComposer, focused, panes, threads } from "./threads";

const KEPT = "lantern.console.keys";
export const singleKeys = signal(localStorage.getItem(KEPT) !== "off");

export function switchKeys(on: boolean): void {
  singleKeys.value = on;
  localStorage.setItem(KEPT, on ? "on" : "off");
}

export function listen(): void {
  addEventListener("keydown", (event) => {
    if (view.value !== "board" || section.value !== "desk" || locked.value || dialog.value) return;
    if (event.key === "Escape") return leave(event);
    if (!singleKeys.value || event.ctrlKey || event.metaKey || event.altKey || inField(event)) return;
    const carry = /^[1-9]$/.test(event.key) ? () => offer(Number(event.key)) : KEYS[event.key];
    if (!carry || (event.key === "Enter" && onControl(event))) return;
    event.preventDefault();
    carry();
  });
}

const KEYS: Record<string, () => void> = {
  j: () => move(1),
  k: () => move(-1),
  Enter: () => void (chosen.value && act(chosen.value)),
  b: () => void (chosen.value && act(chosen.value, true)),
  t: () => void takeNext(),
  "/": () => write("message", "/"),
  n: () => write("note"),
  r: () => write("message"),
  e: () => toggle("protocol"),
  p: () => toggle("passages"),
  x: end,
  h: () => {
    const id = current();
    if (id && threads.value[id]?.head.mine) dialog.value = { kind: "earlier", id };
  },
  o: () => {
    if (panes.value.length < 2) return;
    focused.value = 1 - focused.value;
    const id = current();
    if (id) focusComposer(id);
  },
  "?": () => {
    dialog.value = { kind: "help" };
  },
};

/** Out of a field first, then the panel. */
function leave(event: KeyboardEvent): void {
  const field = document.activeElement as HTMLElement | null;
  if (inField(event)) field?.blur();
  else if (aside.value) aside.value = null;
}

function move(by: number): void {
  const rows = reachable();
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.id === chosen.value);
  const next =
    rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by))];
  if (!next) return;
  chosen.value = next.id;
  const row = document.getElementById(`row-${next.id}`);
  row?.scrollIntoView({ block: "nearest" });
  row?.querySelector("button")?.focus();
}

function write(mode: "message" | "note", text = ""): void {
  const id = current();
  if (!id || !threads.value[id]?.head.mine) return;
  wanted.value = { id, mode };
  requestAnimationFrame(() => {
    const field = document.getElementById(`write-${id}`) as HTMLTextAreaElement | null;
    field?.focus();
    if (field && text && !field.value) {
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
}

function toggle(kind: "protocol" | "passages"): void {
  aside.value = aside.value === kind ? null : kind;
}

function end(): void {
  const id = current();
  if (id && threads.value[id]?.head.mine) dialog.value = { kind: "end", id };
}

function inField(event: Event): boolean {
  const target = event.target as HTMLElement | null;
  return !!target?.closest("input:not([type=checkbox]), textarea, select");
}

/** Enter on a button presses that button, unless it is the chosen row's. */
function onControl(event: Event): boolean {
  const target = event.target as HTMLElement | null;
  const row = target?.closest("li[id^=row-]");
  return !!target?.closest("button, summary, a") && row?.id !== `row-${chosen.value}`;
}
