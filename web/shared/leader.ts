// One tab of a browser holds the stream: Web Locks choose it, and a tab that is seen steals the lock,
// since a suspended tab may keep it. Without Web Locks every tab leads.
import { wakers } from "./again";

/** `lead` begins to lead and returns how to stop; `lost` is told when another tab has taken over. Returns how to leave. */
export function leader(name: string, lead: () => () => void, lost: () => void): () => void {
  let queued = new AbortController();
  let stop: (() => void) | undefined;
  let release = () => {};
  let closed = false;

  const hold = () => {
    if (closed) return;
    stop = lead();
    return new Promise<void>((resolve) => {
      release = resolve;
    });
  };

  const request = async (steal: boolean) => {
    queued.abort();
    queued = new AbortController();
    const { signal } = queued;
    try {
      await navigator.locks.request(name, steal ? { steal } : { signal }, hold);
    } catch {
      // Stolen by the tab that is seen; replaced by our own request; or there are no locks here: then lead alone.
      if (!stop && !signal.aborted) return void hold();
    }
    if (signal.aborted) return;
    stop?.();
    stop = undefined;
    lost();
    request(false);
  };

  const seen = () => {
    if (!document.hidden && !stop) request(true);
  };
  wakers.add(seen);
  request(!document.hidden);
  return () => {
    closed = true;
    wakers.delete(seen);
    queued.abort();
    stop?.();
    release();
  };
}
