// The list of messages: order, one active set of choices, own messages on their way, and where the view scrolls to.
import type { Item, ItemState } from "../shared/outbox";
import { retry, send } from "./client";
import { attr, button, h, label } from "./dom";
import { bind, S, speak, t } from "./lang";
import { messageView } from "./message";
import type { Message } from "./types";

export const view = h("div.log", { tabIndex: 0 });
const STATE = { sending: S.sending, sent: S.sent, waiting: S.unsent, failed: S.failed };
/** Own messages by idempotency key: on their way, or (null) in their place in the log. */
const own = new Map<string, HTMLElement | null>();
let short: string[] = [];
let moved = 0;
let kind = "";
let atEnd = true;
let tall = 0;

attr(view, "role", "log");
view.onscroll = () => {
  // Of a scroll and a change of height in one moment, the scroll is told first: it says nothing then.
  if (tall === view.clientHeight) atEnd = view.scrollTop + tall > view.scrollHeight - 9;
};
// A card or a status line below takes room: what was in view stays in view.
new ResizeObserver(() => {
  tall = view.clientHeight;
  if (atEnd) toEnd();
}).observe(view);
bind(() => label(view, t(S.log)));

/** The country's own numbers, digits only, that messages link. */
export function knows(numbers: string[]): void {
  short = numbers;
}

/** Off while history is put in, so that it is not read out; then each new message is announced once. */
export const live = (on: boolean): void => attr(view, "aria-live", on ? "polite" : "off");

export function clear(): void {
  view.replaceChildren();
  own.clear();
  live(false);
}

/** A message of the log. The person's own message is already there: it becomes sent, in its place. */
export function add(m: Message): void {
  const { key } = m;
  const first = [...own.values()].find(Boolean);
  const mine = key && own.get(key);
  if (key) own.set(key, null);
  if (mine) {
    if (first !== mine) first?.before(mine); // one that failed stays below what was sent
    status(mine, S.sent);
    return;
  }
  if (!key) speak(m.lang); // theirs: the talk may have gone over to another language
  const message = messageView(m, short, (id, label) => {
    retire(label);
    view.focus(); // a pressed choice is disabled, and would lose the focus to the page
    send(label, id);
  });
  if (m.choices?.[0]) retire();
  put(message, first);
}

/** Any element: a message, the notice. It is shown from its beginning, unless another of its kind came just before. */
export function put(element: HTMLElement, before?: HTMLElement | null): void {
  view.insertBefore(element, before ?? null);
  if (Date.now() - moved > 1000 || kind !== element.className) view.scrollTop = element.offsetTop - 12;
  moved = Date.now();
  kind = element.className;
}

/** The state of an own message. */
export function item(item: Item, state: ItemState): void {
  let mine = own.get(item.key);
  if (mine === null) return;
  if (!mine) {
    mine = messageView({ id: "", author: "contact", text: item.text }, short);
    mine.append(h("div.row st"));
    view.append(mine);
    own.set(item.key, mine);
    kind = ""; // the answer to it is shown from its beginning
    toEnd();
  }
  // "sending" and "sent" are well; what waits or failed can be tried again.
  status(mine, STATE[state], state[0] === "s" ? undefined : item);
}

export function toEnd(): void {
  view.scrollTop = view.scrollHeight;
}

function status(mine: HTMLElement, key: S, again?: Item): void {
  mine.lastElementChild?.replaceChildren(t(key), again ? button(t(S.retry), () => retry(again)) : "");
  if (atEnd) toEnd();
}

/** The chat is over: nothing in it can be pressed any more. */
export const still = (): void => retire("", "button");

/** Older choices stay readable and can no longer be pressed; the chosen one is marked. */
function retire(chosen?: string, which = ".choices :enabled"): void {
  for (const button of view.querySelectorAll<HTMLButtonElement>(which)) {
    button.disabled = true;
    if (button.textContent === chosen) button.className = "chosen";
  }
}
