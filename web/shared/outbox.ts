// What the person sent and the server has not yet acknowledged: in order, one request at a time.
import { again } from "./again";

export type ItemState = "sending" | "waiting" | "failed" | "sent";

export interface Item {
  /** The idempotency key: a repeat of it is the same message. */
  key: string;
  text: string;
  choice?: string | undefined;
  /** The language that the person has just chosen. */
  lang?: string | undefined;
}

export interface Outbox {
  /** Sends it after those before it. */
  put(item: Item): void;
  /** The server's log holds it. */
  ack(key: string): void;
  items(): Item[];
  close(): void;
}

/** `post` sends one item or throws; `changed` hears every change of state. */
export function outbox(
  post: (item: Item) => Promise<unknown>,
  changed: (item: Item, state: ItemState) => void,
): Outbox {
  let queue: Item[] = [];
  let busy = false;

  const drop = (key: string) => {
    queue = queue.filter((item) => item.key !== key);
  };

  const settle = (item: Item, state: ItemState) => {
    if (!queue.includes(item)) return;
    if (state !== "waiting") drop(item.key);
    changed(item, state);
  };

  const run = async () => {
    if (busy) return;
    busy = true;
    for (let item = queue[0]; item; item = queue[0]) {
      const mine = item;
      await again(
        async () => queue.includes(mine) && post(mine),
        () => settle(mine, "waiting"),
      ).then(
        () => settle(mine, "sent"),
        () => settle(mine, "failed"),
      );
    }
    busy = false;
  };

  return {
    put(item) {
      queue.push(item);
      changed(item, "sending");
      run();
    },
    ack: drop,
    items: () => queue,
    close() {
      queue = [];
    },
  };
}
