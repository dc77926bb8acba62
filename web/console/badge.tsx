// A level of risk: always in words, colour only repeats it.
import { t } from "./strings";
import type { Level } from "./types";

export function Badge({ level }: { level: Level }) {
  return <span class={`badge ${level}`}>{t(level)}</span>;
}
