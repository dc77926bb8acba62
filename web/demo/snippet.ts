// What an integrator pastes: the script tag, and around it only what was asked for.

export interface Wishes {
  /** Address of the gateway, with a slash at the end. */
  base: string;
  /** data- attributes, without those left empty. */
  attributes: Record<string, string>;
  /** CSS variables that differ from ours. */
  variables: Record<string, string>;
  /** Numbers for people without scripts: in danger, and to talk. Left out: none. */
  fallback?: { danger: string[]; talk: string } | undefined;
  /** Versioned file and hash. */
  pin?: { file: string; integrity: string } | undefined;
}

const escaped = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");

const called = (number: string): string =>
  `<a href="tel:${number.replace(/[^\d+]/g, "")}">${escaped(number)}</a>`;

/** The HTML to paste. */
export function snippet({ base, attributes, variables, fallback, pin }: Wishes): string {
  const more = Object.entries(attributes).map(([name, value]) => ` data-${name}="${escaped(value)}"`);
  const source = `${base}widget/${pin ? pin.file : "lantern.js"}`;
  const hash = pin ? ` integrity="${pin.integrity}" crossorigin="anonymous"` : "";
  const lines = [`<script src="${escaped(source)}"${hash} defer${more.join("")}></script>`];
  if (fallback) {
    const danger = `In danger, call ${fallback.danger.map(called).join(" or ")}.`;
    const talk = fallback.talk && ` To talk, call ${called(fallback.talk)}.`;
    // Children of the element are what people see until the script runs, or if it never does.
    lines.unshift(`<lantern-chat>${danger}${talk}</lantern-chat>`);
  }
  const set = Object.entries(variables).map(([name, value]) => `  ${name}: ${value};`);
  if (set.length) lines.unshift("<style>", "lantern-chat {", ...set, "}", "</style>");
  return lines.join("\n");
}
