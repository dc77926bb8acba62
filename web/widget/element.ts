// The custom element: launcher, panel, quick exit, unread badge. Its light-DOM children are what people see until it runs.
import { barOf, emergencyBar } from "./bar";
import * as chat from "./chat";
import { button, h, label as name } from "./dom";
import { leave, shiftThrice } from "./exit";
import { bind, language, S, speak, t } from "./lang";
import { toggle } from "./menu";
import { close, dialog, exit, field, heading, show } from "./panel";
import { load } from "./store";
import css from "./style.css";

let unread = 0;
const text = h("span");
const dock = h("div.dock");
let bar: HTMLElement;
const launcher = button("", open, "go launcher");
const root = h("div.lt");

launcher.append(h("i.lamp"), text);

function open(): void {
  if (dialog.open) return;
  show(bar);
  chat.opened();
  count(0);
  (matchMedia("(pointer:coarse)").matches ? close : field).focus();
}

function shut(): void {
  if (!dialog.open) return;
  chat.closed();
  dialog.close();
  dock.prepend(bar);
  count(0);
  launcher.focus();
}

/** Messages nobody has looked at yet: on the launcher, and in the title of the tab. */
function count(news: number): void {
  unread = dialog.open && document.hasFocus() ? 0 : news;
  const badge = unread ? `(${unread}) ` : "";
  text.textContent = badge + t(S.open);
  document.title = document.title.replace(/^(\(\d+\) )?/, badge);
}

function listen(address: string): void {
  /** Hides at once, clears everything, leaves; needs no network. */
  const away = () => {
    root.remove();
    chat.exit();
    leave(address);
  };
  const shift = shiftThrice((left) => (left > 0 ? chat.hint(left) : away()));
  exit.onclick = away;
  close.onclick = shut;
  dialog.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    if (!toggle(false)) shut();
  };
  addEventListener("keydown", (event) => {
    if (dialog.open || load().token) shift(event);
  });
  addEventListener("focus", () => count(unread));
  // The page goes, perhaps into the back/forward cache: it comes back closed and empty.
  addEventListener("pagehide", () => {
    shut();
    chat.rest();
  });
  visualViewport?.addEventListener("resize", () =>
    root.style.setProperty("--vh", `${visualViewport?.height}px`),
  );
}

/** A constructable style sheet passes a strict CSP; older Safari gets a style element. */
function dress(shadow: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [sheet];
  } catch {
    shadow.append(h("style", css));
  }
}

/**
 * `<lantern-chat>`: a support chat in the corner of a page; one a page.
 *
 * Attributes: `country` (ISO 3166-1, numbers of the emergency bar), `lang` (en, es), `name` (heading),
 * `exit-url` (where quick exit goes), `gateway` (address of the gateway; default: where the script came from), `dir`.
 * Methods: `open()`, `close()`.
 * Variables: --lantern-accent, -on-accent, -background, -surface, -text, -font, -radius, -offset.
 * Parts: every class; launcher, emergency, panel, emergency-bar, exit, menu, log, terms, message (and its author), body,
 * choices, input, send are kept for sites.
 */
export class LanternChat extends HTMLElement {
  /** The script that brought the element: its data- attributes count where the element has none of its own. */
  static script: HTMLScriptElement;
  open = open;
  close = shut;

  connectedCallback(): void {
    if (this.shadowRoot) return;
    const { script } = LanternChat;
    const get = (name: string) => this.getAttribute(name) ?? script.getAttribute(`data-${name}`) ?? "";
    const numbers = barOf(get("country"));
    const { lang, dir } = document.documentElement;
    speak(get("lang"), lang, ...navigator.languages);
    name(dialog, (heading.textContent = get("name") || "Lantern"));
    root.dir = get("dir") || dir || "ltr";
    chat.prepare(new URL(get("gateway") || "../", script.src).href, numbers, get("country"), () =>
      count(unread + 1),
    );
    bar = emergencyBar(numbers);
    dock.append(bar, launcher);
    root.append(dialog, dock);
    listen(get("exit-url") || "https://www.google.com/");
    bind(() => {
      root.lang = language();
      count(unread);
    });
    // Attached last: if anything above fails, the children of the element stay on screen.
    const shadow = this.attachShadow({ mode: "open" });
    dress(shadow);
    shadow.append(root);
    if (load().token) chat.resume();
  }
}
