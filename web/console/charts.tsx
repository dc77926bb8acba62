// Charts in plain SVG: columns by day and bars by name. Each carries its numbers as a table too.
import type { ComponentChildren } from "preact";
import { ceiling } from "./figures";
import { lang, t } from "./strings";

export interface Series {
  name: string;
  tone: string;
  values: number[];
}

const WIDE = 560;
const HIGH = 170;
const LEFT = 30;
const BOTTOM = 22;

/** A figure with its title, drawing and, folded, the numbers behind it. */
export function Figure({
  title,
  hint,
  drawing,
  table,
}: {
  title: string;
  hint?: string;
  drawing: ComponentChildren;
  table: ComponentChildren;
}) {
  return (
    <figure class="figure">
      <figcaption>
        <h3>{title}</h3>
        {hint && <p class="muted">{hint}</p>}
      </figcaption>
      {drawing}
      <details>
        <summary>{t("as_table")}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region needs focus */}
        <section class="table" tabIndex={0} aria-label={title}>
          {table}
        </section>
      </details>
    </figure>
  );
}

/** Stacked columns, one for each day. */
export function Columns({ title, days, series }: { title: string; days: string[]; series: Series[] }) {
  const sums = days.map((_, n) => series.reduce((sum, one) => sum + (one.values[n] ?? 0), 0));
  const top = ceiling(Math.max(1, ...sums));
  const slot = (WIDE - LEFT) / days.length;
  const y = (value: number) => 8 + (HIGH - BOTTOM - 8) * (1 - value / top);
  const drawing = (
    <svg class="chart" viewBox={`0 0 ${WIDE} ${HIGH}`} role="img" aria-label={spoken(title, series)}>
      {[0, top / 2, top].map((value) => (
        <g key={value}>
          <line class="grid" x1={LEFT} x2={WIDE} y1={y(value)} y2={y(value)} />
          <text class="tick" x={LEFT - 6} y={y(value) + 4} text-anchor="end">
            {value}
          </text>
        </g>
      ))}
      {days.map((day, n) => {
        let below = 0;
        return (
          <g key={day}>
            <title>{`${named(day)}: ${series.map((one) => `${one.name} ${one.values[n]}`).join(", ")}`}</title>
            <rect class="catch" x={LEFT + n * slot} y={0} width={slot} height={HIGH - BOTTOM} />
            {series.map((one) => {
              const value = one.values[n] ?? 0;
              if (!value) return null;
              const from = y(below + value);
              const height = y(below) - from;
              below += value;
              return (
                <rect
                  key={one.name}
                  class={`fill ${one.tone}`}
                  x={LEFT + n * slot + slot * 0.14}
                  y={from}
                  width={Math.max(1, slot * 0.72)}
                  height={height}
                />
              );
            })}
          </g>
        );
      })}
      {marks(days).map((n) => (
        <text
          key={n}
          class="tick"
          x={LEFT + (n + 0.5) * slot}
          y={HIGH - 5}
          text-anchor={n === days.length - 1 && days.length > 1 ? "end" : n ? "middle" : "start"}
        >
          {named(days[n] as string)}
        </text>
      ))}
    </svg>
  );
  return (
    <Figure
      title={title}
      drawing={
        <>
          {series.length > 1 && <Legend series={series} />}
          {drawing}
        </>
      }
      table={
        <table>
          <thead>
            <tr>
              <th scope="col">{t("day")}</th>
              {series.map((one) => (
                <th key={one.name} scope="col">
                  {one.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.map((day, n) => (
              <tr key={day}>
                <th scope="row">{named(day)}</th>
                {series.map((one) => (
                  <td key={one.name}>{one.values[n]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      }
    />
  );
}

export interface BarRow {
  name: string;
  value: number;
  note?: string;
  tone?: string;
}

/** Bars with their names and numbers in words: the table is the drawing. */
export function Bars({
  title,
  hint,
  rows,
  unit,
}: {
  title: string;
  hint?: string;
  rows: BarRow[];
  unit?: string;
}) {
  const most = Math.max(1, ...rows.map((row) => row.value));
  return (
    <figure class="figure">
      <figcaption>
        <h3>{title}</h3>
        {hint && <p class="muted">{hint}</p>}
      </figcaption>
      {!rows.length && <p class="muted">{t("no_numbers")}</p>}
      <table class="bars">
        <thead class="hidden">
          <tr>
            <th scope="col">{title}</th>
            <th scope="col">{t("share")}</th>
            <th scope="col">{unit ?? t("number")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">{row.name}</th>
              <td>
                <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                  <rect class={`fill ${row.tone ?? "a"}`} width={(100 * row.value) / most} height="10" />
                </svg>
              </td>
              <td class="n">{row.note ?? row.value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function Legend({ series }: { series: Series[] }) {
  return (
    <ul class="legend">
      {series.map((one) => (
        <li key={one.name}>
          <svg viewBox="0 0 10 10" aria-hidden="true">
            <rect class={`fill ${one.tone}`} width="10" height="10" rx="2" />
          </svg>
          {one.name} <b>{one.values.reduce((sum, value) => sum + value, 0)}</b>
        </li>
      ))}
    </ul>
  );
}

function spoken(title: string, series: Series[]): string {
  const sums = series.map((one) => `${one.name} ${one.values.reduce((sum, value) => sum + value, 0)}`);
  return `${title}: ${sums.join(", ")}`;
}

/** First, last and a few days between, so that names do not touch. */
function marks(days: string[]): number[] {
  const last = days.length - 1;
  const steps = Math.min(4, last);
  return [
    ...new Set(Array.from({ length: steps + 1 }, (_, n) => Math.round((last * n) / Math.max(1, steps)))),
  ];
}

function named(day: string): string {
  return new Intl.DateTimeFormat(lang.value, { day: "numeric", month: "short", timeZone: "UTC" }).format(
    new Date(`${day}T00:00:00Z`),
  );
}
