// The menu: language, text size, save a copy, end, delete; the last two ask once more.
import { end, erase, has, transcript } from "./client";
import { attr, button, h, outside } from "./dom";
import { S, swap, t } from "./lang";
import { dialog, menu as opener } from "./panel";

export const view = h("div.menu");
let size = 100;
let safety = "";
let finish: (words: S) => void;

opener.onclick = () => toggle(!!view.hidden);

/** `base` of the gateway; `finished` hears that the person ended or deleted the chat. */
export function prepare(base: string, finished: typeof finish): void {
  safety = `${base}safety`;
  finish = finished;
  toggle(false);
}

/** True when it was open. */
export function toggle(open: boolean): boolean {
  const was = !view.hidden;
  view.hidden = !open;
  attr(opener, "aria-expanded", `${open}`);
  if (open) list();
  else if (was) opener.focus();
  return was;
}

export const safetyLink = (): Node => outside(safety, t(S.more));

function list(): void {
  const other = button(t(S.other), () => {
    swap();
    toggle(false);
  });
  const bigger = button(t(S.size, { n: size }), () => {
    size = size < 200 ? size + 25 : 100;
    dialog.style.setProperty("--sz", `${size / 100}`);
    list();
    (view.children[1] as HTMLElement).focus();
  });
  fill(other, bigger, ...(has() ? deeds() : []), safetyLink());
}

const deeds = (): Node[] => [
  button(t(S.save), () => run(save)),
  button(t(S.end), () => ask(S.end, S.ended, end)),
  button(t(S.delete), () => ask(S.delete, S.deleted, erase)),
];

function fill(...kids: Node[]): void {
  view.replaceChildren(...kids);
  view.querySelector("button")?.focus();
}

function ask(yes: S, done: S, deed: () => Promise<unknown>): void {
  toggle(true);
  fill(
    h("output", t(S.sure)),
    button(t(S.no), list),
    button(t(yes), () => run(() => deed().then(() => finish(done))), "go"),
  );
}

async function run(deed: () => Promise<unknown>): Promise<void> {
  try {
    await deed();
    toggle(false);
  } catch {
    toggle(true);
    view.prepend(h("output", t(S.failed)));
  }
}

async function save(): Promise<void> {
  h("a", { href: URL.createObjectURL(new Blob([await transcript()])), download: "chat.txt" }).click();
}
