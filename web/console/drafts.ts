// What a counsellor has begun to write, for each conversation and kind; survives a reload, ends with the session.

const PREFIX = "lantern.draft.";

export const draft = (id: string, kind: string): string =>
  sessionStorage.getItem(`${PREFIX}${kind}.${id}`) ?? "";

export function keepDraft(id: string, kind: string, text: string): void {
  const key = `${PREFIX}${kind}.${id}`;
  if (text) sessionStorage.setItem(key, text);
  else sessionStorage.removeItem(key);
}

export function clearDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}
