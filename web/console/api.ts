// Requests to the console's API: own header on every one, refusals as sentences, 401 locks the page.

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly rule: string,
    sentence: string,
  ) {
    super(sentence);
  }
}

let onLocked = (): void => {};

/** What to do when the session is over. */
export function whenLocked(act: () => void): void {
  onLocked = act;
}

/** The answer's JSON (undefined for none). Throws Refusal with the server's sentence. */
export async function call<T = void>(
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: unknown,
  key?: string,
): Promise<T> {
  const headers: Record<string, string> = { "X-Lantern": "console", Accept: "application/json" };
  if (key) headers["Idempotency-Key"] = key;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const init: RequestInit = { method, headers, cache: "no-store", credentials: "same-origin" };
  if (body !== undefined) init.body = JSON.stringify(body);
  const answer = await fetch(`api${path}`, init);
  if (answer.status === 204) return undefined as T;
  const data = await answer.json().catch(() => ({}));
  if (answer.ok) return data as T;
  if (answer.status === 401 && path !== "/session" && path !== "/passkey") onLocked();
  throw new Refusal(answer.status, String(data.rule ?? ""), String(data.error ?? answer.status));
}

export const get = <T>(path: string): Promise<T> => call<T>("GET", path);
export const post = <T = void>(path: string, body?: unknown, key?: string): Promise<T> =>
  call<T>("POST", path, body, key);
