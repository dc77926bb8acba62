// How long to wait before trying again.

/** Milliseconds before try number `tries` (0, 1, ...): doubles from 300 to 2,400, after 40 tries 15,000; half of it jitter. */
export const backoff = (tries: number, random = Math.random()): number =>
  (tries > 40 ? 15000 : Math.min(2400, 300 * 2 ** tries)) * (0.5 + random / 2);

/** Sleeps until the time is over or someone wakes it; one sleeper at a time. */
export class Nap {
  wake = (): void => {};

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
