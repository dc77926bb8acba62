// Trying again, and waking everything that waits when there is reason for hope.
import { backoff } from "./backoff";

/** Called by `wakeUp`: the network is back, or the tab is seen again. */
export const wakers = new Set<() => void>();

export function wakeUp(): void {
  for (const waker of wakers) waker();
}

/** Resolves after `ms`, or at `wakeUp`. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      wakers.delete(done);
      resolve();
    };
    wakers.add(done);
    setTimeout(done, ms);
  });
}

/** The answer itself; throws it unless it is a success. */
export function accept(answer: Response): Response {
  if (!answer.ok) throw answer;
  return answer;
}

/** What a failed request means: the status if the server refused for good, else 0. */
export function refusal(error: unknown): number {
  const { status = 0 } = error as Response;
  return status > 399 && status < 500 && status !== 429 ? status : 0;
}

/** Does `deed` until it returns, and calls `down` from the second failure on; throws what the server refuses for good. `deed` gets a function that says "this went well". */
export async function again<T>(deed: (well: () => void) => Promise<T>, down: () => void): Promise<T> {
  let tries = 0;
  for (;;) {
    try {
      return await deed(() => {
        tries = 0;
      });
    } catch (error) {
      if (refusal(error)) throw error;
      if (tries) down();
      const asked = Number((error as Response).headers?.get("Retry-After")) * 1000;
      await sleep(asked || backoff(tries++));
    }
  }
}
