// The overview: a span of days in numbers and charts, in one language or both; never a text or a person.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { get } from "./api";
import { type BarRow, Bars, Columns } from "./charts";
import { type Count, daily, type Overview, ranked, spoken, total, type Wait } from "./figures";
import { attempt } from "./state";
import { lang, language, named, t } from "./strings";

const SPANS = [7, 30, 90, 365] as const;
const LEVELS = [
  { level: "P0", tone: "p0" },
  { level: "P1", tone: "p1" },
  { level: "P2", tone: "p2" },
] as const;
const span = signal(30);
const spokenIn = signal("");

export function OverviewPage() {
  const [read, setRead] = useState<Overview | null>(null);
  useEffect(() => {
    void attempt(() => get<Overview>(`/overview?days=${span.value}`)).then(
      (found) => found && setRead(found),
    );
  }, [span.value]);
  return (
    <main class="sheet" aria-labelledby="sheet-title">
      <header>
        <h2 id="sheet-title">{t("overview")}</h2>
        <p class="muted">{t("overview_hint")}</p>
        <Choices />
      </header>
      {read ? <Charts overview={read} /> : <p>{t("loading")}</p>}
    </main>
  );
}

function Choices() {
  return (
    <div class="choices">
      <label>
        {t("span")}
        <select value={span.value} onChange={(event) => (span.value = Number(event.currentTarget.value))}>
          {SPANS.map((days) => (
            <option key={days} value={days}>
              {t("span_days", { n: days })}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t("language")}
        <select value={spokenIn.value} onChange={(event) => (spokenIn.value = event.currentTarget.value)}>
          <option value="">{t("every_language")}</option>
          <option value="en">{language("en")}</option>
          <option value="es">{language("es")}</option>
        </select>
      </label>
      <a class="button" href={`api/overview.csv?days=${span.value}`} download>
        {t("download_csv")}
      </a>
    </div>
  );
}

function Charts({ overview }: { overview: Overview }) {
  const rows = spoken(overview.rows, spokenIn.value);
  const waits = overview.waits.filter((one) => one.language === spokenIn.value);
  return (
    <>
      <Tiles rows={rows} waits={waits} />
      <div class="figures">
        <Columns title={t("f_conversations")} days={overview.days} series={byLanguage(overview, rows)} />
        <Columns
          title={t("f_crisis")}
          days={overview.days}
          series={LEVELS.map(({ level, tone }) => ({
            name: t(level),
            tone,
            values: daily(overview, rows, "crisis", (row) => row[3] === level),
          }))}
        />
        <Bars title={t("f_waits")} hint={t("f_waits_hint")} rows={waits.map(wait)} unit={t("minutes_unit")} />
        <Columns
          title={t("f_answers")}
          days={overview.days}
          series={[
            { name: t("answered"), tone: "a", values: daily(overview, rows, "answers") },
            { name: t("unanswered"), tone: "c", values: daily(overview, rows, "unanswered") },
          ]}
        />
        <Bars
          title={t("f_topics")}
          rows={bars(rows, "topics", (name) => overview.topics[name]?.[lang.value] ?? name)}
        />
        <Bars title={t("f_ended")} rows={bars(rows, "ended", (name) => named("end_", name, "end_open"))} />
        <Columns
          title={t("f_thumbs")}
          days={overview.days}
          series={[
            {
              name: t("thumb_up"),
              tone: "a",
              values: daily(overview, rows, "thumbs", (row) => row[3] === "up"),
            },
            {
              name: t("thumb_down"),
              tone: "c",
              values: daily(overview, rows, "thumbs", (row) => row[3] === "down"),
            },
          ]}
        />
        <Columns
          title={t("f_handoffs")}
          days={overview.days}
          series={ranked(rows, "handoffs", 4).map(([reason], n) => ({
            name: named("reason_", reason, "reason_other"),
            tone: "abcp2"[n] ?? "c",
            values: daily(overview, rows, "handoffs", (row) => row[3] === reason),
          }))}
        />
      </div>
    </>
  );
}

function byLanguage(overview: Overview, rows: Count[]) {
  const languages = spokenIn.value ? [spokenIn.value] : ["en", "es"];
  return languages.map((one) => ({
    name: language(one),
    tone: one === "en" ? "a" : "b",
    values: daily(overview, rows, "conversations", (row) => row[1] === one),
  }));
}

function bars(rows: Count[], measure: string, name: (detail: string) => string): BarRow[] {
  return ranked(rows, measure).map(([detail, value]) => ({ name: name(detail), value }));
}

function wait(one: Wait): BarRow {
  const half = one.median_seconds;
  const tone = LEVELS.find(({ level }) => level === one.level)?.tone ?? "a";
  const note =
    half === null
      ? t("wait_none", { asked: one.asked })
      : t("wait_note", {
          median: minutes(half),
          p90: minutes(one.p90_seconds ?? half),
          claimed: one.claimed,
          asked: one.asked,
        });
  return { name: named("", one.level, "P3"), value: half ?? 0, note, tone };
}

function minutes(seconds: number): string {
  return seconds < 600 ? (seconds / 60).toFixed(1) : String(Math.round(seconds / 60));
}

function Tiles({ rows, waits }: { rows: Count[]; waits: Wait[] }) {
  const answered = total(rows, "answers");
  const missed = total(rows, "unanswered");
  const up = total(rows, "thumbs", "up");
  const thumbs = total(rows, "thumbs");
  const asked = waits.reduce((sum, one) => sum + one.asked, 0);
  const came = waits.reduce((sum, one) => sum + one.claimed, 0);
  return (
    <dl class="tiles">
      <Tile name={t("f_conversations")} value={total(rows, "conversations")} />
      <Tile
        name={t("t_answered")}
        value={share(answered, answered + missed)}
        note={`${answered} / ${answered + missed}`}
      />
      <Tile name={t("t_thumbs")} value={share(up, thumbs)} note={`${up} / ${thumbs}`} />
      <Tile name={t("t_danger")} value={total(rows, "crisis")} note={`P0: ${total(rows, "crisis", "P0")}`} />
      <Tile name={t("t_handoffs")} value={asked} />
      <Tile name={t("t_came")} value={share(came, asked)} note={`${came} / ${asked}`} />
      <Tile
        name={t("callbacks")}
        value={total(rows, "callbacks")}
        note={t("t_open", { n: total(rows, "callbacks", "open") })}
      />
    </dl>
  );
}

function Tile({ name, value, note }: { name: string; value: string | number; note?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <b>{value}</b> <span class="muted">{note}</span>
      </dd>
    </div>
  );
}

function share(part: number, whole: number): string {
  return whole ? `${Math.round((100 * part) / whole)} %` : "–";
}
