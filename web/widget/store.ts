// The only thing kept in the browser, and only for this tab: the session token and what is not sent yet.

import type { Item } from "../shared/outbox";

export interface Saved {
  token?: string;
  /** Text in the field. */
  draft?: string;
  /** Not acknowledged yet; gone as soon as the server has it. */
  unsent?: Item[];
}

const KEY = "lantern";

/** Where storage is forbidden, the chat lives until the page goes. */
function attempt<T>(deed: () => T): T | undefined {
  try {
    return deed();
  } catch {
    return;
  }
}

export const load = (): Saved => attempt(() => JSON.parse(sessionStorage.getItem(KEY) ?? "{}")) ?? {};
export const save = (change: Saved): void =>
  attempt(() => sessionStorage.setItem(KEY, JSON.stringify({ ...load(), ...change })));
export const wipe = (): void => attempt(() => sessionStorage.removeItem(KEY));
