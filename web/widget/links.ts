// Plain text -> paragraphs, bullet lists and links. Text nodes only; links are https or, for numbers, tel.
import { h, outside } from "./dom";

const LINK = /https:\/\/[^\s<>"]*[^\s<>".,;:!?)]|\+?\(?\d[\d ().-]{5,}\d|\b\d{3,6}\b/g;
const NO_NUMBER = /^\d{4}(-\d\d-\d\d| ?[-–] ?\d{4}|\d*)$/; // dates, spans of years, plain figures

/** A link to a page if it is one (https), else the text alone. */
export const link = (href: string, text: string): HTMLElement =>
  /^https:\/\//i.test(href) ? outside(href, text) : h("span", text);

function target(found: string, short: string[]): string | false {
  if (found[0] === "h") return found;
  const digits = found.replace(/[^\d+]/g, "");
  return (short.includes(digits) || (digits.length > 6 && !NO_NUMBER.test(found))) && `tel:${digits}`;
}

/** One line of text; `short` are the country's own numbers, digits only. */
export function linkify(text: string, short: string[]): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let from = 0;
  for (const { 0: found, index = 0 } of text.matchAll(LINK)) {
    const href = target(found, short);
    if (href) {
      parts.push(text.slice(from, index), href === found ? link(href, found) : h("a", { href }, found));
      from = index + found.length;
    }
  }
  return [...parts, text.slice(from)];
}

/** Blank lines part paragraphs; lines that begin with "- " make a list. */
export function prose(text: string, short: string[]): HTMLElement[] {
  const blocks: HTMLElement[] = [];
  let open: HTMLElement | undefined;
  for (const line of text.split("\n")) {
    const tag = line[0] === "-" ? "ul" : "p";
    const words = linkify(line.replace(/^- /, ""), short);
    if (open?.localName !== tag && line) blocks.push((open = h(tag)));
    else if (tag === "p") open?.append("\n");
    if (line) open?.append(...(tag === "ul" ? [h("li", ...words)] : words));
    else open = undefined;
  }
  return blocks;
}
