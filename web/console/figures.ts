// The overview's numbers: rows of counts from the server, added up by day, language and detail.

/** day, language, measure, detail, number */
export type Count = [string, string, string, string, number];

export interface Wait {
  level: string;
  language: string;
  asked: number;
  claimed: number;
  median_seconds: number | null;
  p90_seconds: number | null;
}

export interface Overview {
  days: string[];
  rows: Count[];
  /** What topics are called, by id and language. */
  topics: Record<string, Record<string, string>>;
  waits: Wait[];
}

/** Rows in one language; all of them for "". */
export function spoken(rows: Count[], language: string): Count[] {
  return language ? rows.filter((row) => row[1] === language) : rows;
}

export function total(rows: Count[], measure: string, detail?: string): number {
  let sum = 0;
  for (const row of rows)
    if (row[2] === measure && (detail === undefined || row[3] === detail)) sum += row[4];
  return sum;
}

/** Numbers of a measure day by day. */
export function daily(
  overview: Overview,
  rows: Count[],
  measure: string,
  fits: (row: Count) => boolean = () => true,
): number[] {
  const at = new Map(overview.days.map((day, n) => [day, n]));
  const values = overview.days.map(() => 0);
  for (const row of rows) {
    const n = at.get(row[0]);
    if (row[2] === measure && n !== undefined && fits(row)) values[n] = (values[n] ?? 0) + row[4];
  }
  return values;
}

/** Details of a measure, the most frequent first. */
export function ranked(rows: Count[], measure: string, most = 10): [string, number][] {
  const sums = new Map<string, number>();
  for (const row of rows) if (row[2] === measure) sums.set(row[3], (sums.get(row[3]) ?? 0) + row[4]);
  return [...sums].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).slice(0, most);
}

/** A round number at or above `most`, for the top of an axis. */
export function ceiling(most: number): number {
  if (most <= 4) return 4;
  const step = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 3, 4, 6, 8, 10].find((n) => n * step >= most) ?? 10) * step;
}
