// Follows a conversation's log: server-sent events read with `fetch`, resumed by number, watched for silence;
// long polling where a proxy holds the stream back. Used by widget and console.
import { accept, again, refusal, wakers } from "./again";
import { type Frame, frameReader } from "./frames";

const QUIET = 25000; // the server writes at least every 10 s
const FIRST = 12000; // nothing at all by then: a proxy may be holding it back, so poll

export interface StreamOptions {
  /** The events after the last that was taken in; `wait` in seconds asks for a long poll. */
  request(signal: AbortSignal | null, wait?: number): Promise<Response>;
  /** Takes one frame. */
  frame(frame: Frame): void;
  /** Connected or not; `status` when the server refused for good and the stream has ended. */
  state(up: boolean, status?: number): void;
}

/** New events: at once (wait 0), or as soon as there is one. True when there may be more. */
export async function poll(
  o: StreamOptions,
  wait: number,
  signal: AbortSignal | null = null,
): Promise<boolean> {
  const { events } = (await accept(await o.request(signal, wait)).json()) as { events: Frame[] };
  o.state(true);
  events.forEach(o.frame);
  return events.length > 99;
}

/** Follows until the returned function is called, or until the server refuses for good. */
export function follow(o: StreamOptions): () => void {
  let control = new AbortController();
  let stopped = false;
  let polling = false;
  let heard = 0;
  let timer: unknown;

  /** Gives up after `ms` without a word. */
  const watch = (ms: number, then: boolean) => {
    const mine = control;
    clearTimeout(timer as number);
    heard = Date.now();
    timer = setTimeout(() => {
      polling = then;
      o.state(false);
      mine.abort();
    }, ms);
  };

  const read = async (well: () => void) => {
    watch(FIRST, true);
    const reader = accept(
      await o.request(control.signal),
    ).body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    const decoder = new TextDecoder();
    const frames = frameReader();
    o.state(true);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      well();
      watch(QUIET, false);
      frames(decoder.decode(value, { stream: true })).forEach(o.frame);
    }
  };

  const attempt = async (well: () => void) => {
    if (stopped) return;
    control = new AbortController();
    try {
      while (polling && !stopped) {
        polling = false; // a poll that fails gives the stream its next chance
        watch(QUIET + FIRST, false);
        await poll(o, 25, control.signal);
        polling = true;
        well();
      }
      await read(well);
    } finally {
      clearTimeout(timer as number);
      control.abort();
    }
    throw 0;
  };

  const wake = () => Date.now() - heard > FIRST && control.abort();
  wakers.add(wake);
  again(attempt, () => stopped || o.state(false)).catch((error) => o.state(false, refusal(error)));
  return () => {
    stopped = true;
    wakers.delete(wake);
    control.abort();
  };
}
