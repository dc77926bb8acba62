// The parts of the panel that stay the same: head, menu button, field, status line.
import { h, label } from "./dom";
import { bind, S, t } from "./lang";

export const dialog = h("dialog.panel");
export const heading = h("h2");
export const who = h("output.who");
export const exit = h("button.exit");
export const menu = h("button.ic", "•••");
export const close = h("button.ic", "×");
const head = h("header", h("i.lamp"), heading, exit, menu, close);
export const card = h("output.card");
export const status = h("output.line");
export const typing = h("div.line", { hidden: true });
export const field = h("textarea.input", { rows: 1, maxLength: 4000 });
const send = h("button.go send");
export const form = h("form", field, send);
export const foot = h("div.foot");
let agreed = false;

/** Puts the panel together; `middle` (menu and messages) stands between head and field. */
export function build(...middle: Node[]): void {
  dialog.append(head, who, ...middle, card, typing, status, form, foot);
  bind(() => {
    exit.textContent = t(S.exit);
    label(menu, t(S.menu));
    label(close, t(S.close));
    label(field, (field.placeholder = t(S.write)));
    agree(agreed);
  });
}

/** Before the person has agreed, the send button says that sending is agreeing. */
export function agree(on: boolean): void {
  agreed = on;
  send.textContent = t(on ? S.send : S.agreeSend);
}

/** The emergency bar comes into the panel. Over a whole phone screen the panel is modal, so that no focus goes to the page beneath it. */
export function show(bar: Node): void {
  who.after(bar);
  dialog[matchMedia("(max-width:520px),(max-height:480px)").matches ? "showModal" : "show"]();
}

/** The field grows with its text. */
export function grow(): void {
  const { style } = field;
  style.height = "";
  style.height = `${field.scrollHeight + 2}px`;
}
