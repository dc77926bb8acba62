// The chat in the panel: what each event does to what the person sees, and what the person does to the conversation.
import type { Frame } from "../shared/frames";
import { type Bar, shortNumbers } from "./bar";
import * as client from "./client";
import { button, h, write } from "./dom";
import { bind, S, swap, t } from "./lang";
import { prose } from "./links";
import * as log from "./log";
import * as menu from "./menu";
import * as panel from "./panel";
import { card, field, foot, form, typing } from "./panel";
import { load, save, wipe } from "./store";
import type { Message, State, Typing } from "./types";

let state: State = { holder: "bot" };
let up = true;
let country = "";
let over = false;
let live = false;
let resumed: Promise<void> | undefined;
let unread: () => void;

/** Once: `base` is the gateway's address; `news` hears of each new message that is not the person's own. */
export function prepare(base: string, bar: Bar, code: string, news: () => void): void {
  country = code;
  unread = news;
  log.knows(shortNumbers(bar));
  menu.prepare(base, finish);
  panel.build(menu.view, log.view);
  client.connect(base, { event, item: log.item, link });
  log.clear();
  bind(paint);
}

/** Takes up an open conversation, if there is one; else the notice stands before the first message. */
export function resume(): Promise<void> {
  if (!resumed) {
    field.value = load().draft ?? "";
    resumed = client.resume().then((on) => (on ? agreed() : notice()));
  }
  return resumed;
}

/** The panel was opened. */
export function opened(): void {
  resume();
  log.toEnd();
}

/** The panel was closed: an ended chat goes with it. */
export function closed(): void {
  menu.toggle(false);
  if (over) rest();
}

/** Leaves nothing: the session, the messages, the text in the field. */
export function exit(): void {
  client.exit();
  rest();
}

/** Empty; an open conversation can be taken up again. */
export function rest(): void {
  client.close();
  log.clear();
  resumed = undefined;
  state = { holder: "bot" };
  over = live = false;
  up = true;
  field.value = "";
  panel.agree(false);
  paint();
}

field.oninput = () => {
  panel.grow();
  if (client.has()) save({ draft: field.value });
  if (state.holder === "claimed") client.typing();
};

field.onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
};

form.onsubmit = submit;

async function submit(event: Event): Promise<void> {
  event.preventDefault();
  await resume(); // a quick writer may be faster than the other tabs
  const text = field.value.trim();
  if (!text) return;
  if (log.view.querySelector(".terms")) start();
  field.value = "";
  save({ draft: "" });
  panel.grow();
  client.send(text);
}

function notice(): void {
  log.clear();
  log.put(
    h(
      "div.body terms",
      h(
        "div.row",
        h("h3", t(S.noticeTitle)),
        button(t(S.other), () => {
          swap();
          notice();
        }),
      ),
      ...prose(t(S.notice), []),
      menu.safetyLink(),
      button(t(S.start), start, "go"),
    ),
  );
}

function start(): void {
  log.clear();
  client.create(country);
  agreed();
  field.focus();
}

/** The notice is behind us: the person has agreed, now or before a reload. */
const agreed = (): void => panel.agree(true);

function link(now: boolean): void {
  up = now;
  paint();
}

function event({ event, data }: Frame): void {
  if (event === "live") {
    live = true;
    log.live(true);
    log.toEnd();
  } else if (event === "message") {
    log.add(data as Message);
    typing.hidden = true;
    if (live && (data as Message).author !== "contact") unread();
  } else if (event === "state") held(data as State);
  else if (event === "typing") typing.hidden = !(data as Typing).on;
  else {
    if (event === "exit") log.clear();
    finish(event === "erased" ? S.deleted : S.ended);
  }
}

function held(now: State): void {
  state = now;
  if (now.holder === "closed") finish(S.ended);
  paint();
}

const note = (key: S): void => log.put(h("div.body note", t(key)));

/** The chat is over: nothing is kept in the browser; what was said stays on screen until the panel is closed. */
function finish(words: S): void {
  if (words === S.deleted) log.clear();
  client.close();
  wipe();
  log.still();
  if (!over) note(words);
  over = true;
  state = { holder: "closed" };
  paint();
}

function again(): void {
  rest();
  resume();
}

function paint(): void {
  const { holder, name = t(S.someone), place, wait_minutes } = state;
  const claimed = holder === "claimed";
  const waiting = holder === "requested";
  write(panel.who, over ? t(S.ended) : t(S.who, { n: t(claimed ? S.counsellor : S.assistant, { n: name }) }));
  write(panel.status, over || up ? "" : t(S.offline));
  write(typing, t(S.typing, { n: claimed ? name : t(S.bot) }));
  const line = (key: S, n?: number) => (n ? t(key, { n }) : "");
  write(card, waiting ? t(S.waiting) + line(S.place, place) + line(S.minutes, wait_minutes) : "");
  form.hidden = over;
  foot.hidden = !over;
  foot.replaceChildren(button(t(S.again), again, "go"));
}

/** Shift was pressed: `left` more to leave. */
export const hint = (left: number): void => write(panel.status, `${t(S.exit)}: Shift × ${left}`);
