// Makes elements. Text becomes text nodes only: nothing here can turn a string into markup.

type Props = Record<string, unknown>;
type Named<T extends string> = T extends `${infer Name}.${string}` ? Name : T;
type Made<T extends string> =
  Named<T> extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[Named<T>] : HTMLElement;

/**
 * `h("p.note", { hidden: true }, "text")`: tag and class, then properties and children in any order; empty ones are left out.
 * The class is also the name by which a site reaches the element: `::part(note)`.
 */
export function h<T extends string>(
  tag: T,
  ...rest: (Node | string | Props | false | 0 | undefined)[]
): Made<T> {
  const [name = "", className] = tag.split(".");
  const element = document.createElement(name);
  if (className) attr(element, "part", (element.className = className));
  for (const one of rest)
    if (one) {
      if (one instanceof Node || typeof one === "string") element.append(one);
      else Object.assign(element, one);
    }
  return element as Made<T>;
}

export const attr = (element: Element, name: string, value: string): void =>
  element.setAttribute(name, value);
export const label = (element: Element, text: string): void => attr(element, "aria-label", text);

export const button = (text: string, onclick: () => unknown, className = ""): HTMLButtonElement =>
  h(`button.${className}`, { type: "button", onclick }, text);

/** A link that opens beside the page. */
export const outside = (href: string, ...kids: (Node | string)[]): HTMLAnchorElement =>
  h("a", { href, target: "_blank", rel: "noreferrer" }, ...kids);

/** Live regions speak at each change of their text: it is left alone when it stays the same. */
export function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
