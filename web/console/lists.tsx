// The column on the left: alerts, the queue by risk, own conversations, colleagues', call-backs.
import { signal, useComputed } from "@preact/signals";
import { post, Refusal } from "./api";
import { Badge } from "./badge";
import { dangers } from "./dangers";
import { attempt, board, dialog, me, now, polite, problem, rowOf } from "./state";
import { ago, channel, clock, language, named, t } from "./strings";
import { focusComposer, open, panes } from "./threads";
import type { Alert, Callback, Row } from "./types";

/** The row that j and k have come to. */
export const chosen = signal<string | null>(null);

/** All rows a key can reach, in the order of the page. */
export function reachable(): Row[] {
  const { queue, mine, held } = board.value;
  return [...queue, ...mine, ...held];
}

/** Claim or open a row; the first key press of a claim ends in the field for words. */
export async function act(id: string, beside = false): Promise<void> {
  const waiting = board.value.queue.some((row) => row.id === id);
  if (waiting && (await attempt(() => post(`/conversations/${id}/claim`).then(() => true))) === undefined)
    return;
  await look(id, beside);
  focusComposer(id);
}

/** Take whoever this counsellor should talk to next, and write. */
export async function takeNext(): Promise<void> {
  const taken = await attempt(() => post<{ conversation: string | null }>("/next"));
  if (!taken) return;
  if (!taken.conversation) {
    polite.value = problem.value = t("next_none");
    return;
  }
  await look(taken.conversation);
  focusComposer(taken.conversation);
}

/** Open without claiming; a supervisor is asked for a reason where one is needed. */
export async function look(id: string, beside = false): Promise<void> {
  await attempt(async () => {
    try {
      await open(id, beside);
    } catch (error) {
      if (!(error instanceof Refusal && error.rule === "Refused")) throw error;
      dialog.value = { kind: "glass", id };
    }
  });
}

export function Lists() {
  const { queue, mine, held, callbacks } = board.value;
  return (
    <nav class="lists" aria-label={t("queue")}>
      <Alerts />
      <section aria-labelledby="l-queue">
        <h2 id="l-queue">
          {t("queue")} <span class="count">{queue.length}</span>
          {queue.some((row) => row.reason !== "step_in") && (
            <button type="button" class="next" onClick={() => void takeNext()}>
              {t("next")}
            </button>
          )}
        </h2>
        {queue.length ? (
          <ul>
            {queue.map((row) => (
              <Waiting key={row.id} row={row} />
            ))}
          </ul>
        ) : (
          <p class="muted">{t("queue_empty")}</p>
        )}
      </section>
      <section aria-labelledby="l-mine">
        <h2 id="l-mine">
          {t("mine")} <span class="count">{mine.length}</span>
        </h2>
        {mine.length ? <Held rows={mine} /> : <p class="muted">{t("mine_empty")}</p>}
      </section>
      {held.length > 0 && (
        <section aria-labelledby="l-held">
          <h2 id="l-held">
            {t("held")} <span class="count">{held.length}</span>
          </h2>
          <Held rows={held} />
        </section>
      )}
      {callbacks.length > 0 && (
        <section aria-labelledby="l-back">
          <h2 id="l-back">
            {t("callbacks")} <span class="count">{callbacks.length}</span>
          </h2>
          <ul>
            {[...callbacks].sort(reachableFirst).map((one) => (
              <Wish key={one.id} wish={one} />
            ))}
          </ul>
        </section>
      )}
    </nav>
  );
}

/** Who can be written to comes first; the server's order by risk and time stays within. */
function reachableFirst(a: Callback, b: Callback): number {
  return Number(a.unreachable !== null) - Number(b.unreachable !== null);
}

function Wish({ wish }: { wish: Callback }) {
  async function take(): Promise<void> {
    const taken = await attempt(() => post<{ conversation: string }>(`/callbacks/${wish.id}/take`));
    if (!taken) return;
    await look(taken.conversation);
    focusComposer(taken.conversation);
  }
  return (
    <li class={`row small ${wish.level}`}>
      <span>
        {wish.level < "P3" && <Badge level={wish.level} />} {t("callback_wish")}{" "}
        <span class="muted">
          {clock(wish.at)} · {language(wish.language)}
          {by(wish)}
          {wish.unreachable ? ` · ${named("un_", wish.unreachable, "un_other")}` : ""}
        </span>
      </span>
      <span class="buttons">
        {wish.unreachable === null && (
          <button type="button" class="main" onClick={() => void take()}>
            {t("callback_take")}
          </button>
        )}
        <button type="button" onClick={() => void attempt(() => post(`/callbacks/${wish.id}/done`))}>
          {t("callback_done")}
        </button>
      </span>
    </li>
  );
}

/** Alerts of one kind about one conversation as one row: the newest, and the ids of all. */
function together(alerts: Alert[]): [Alert, string[]][] {
  const rows = new Map<string, [Alert, string[]]>();
  for (const one of alerts) {
    const key = `${one.kind} ${one.conversation ?? one.id}`;
    const row = rows.get(key);
    if (!row) rows.set(key, [one, [one.id]]);
    else {
      row[1].push(one.id);
      if ((one.level ?? "P3") < (row[0].level ?? "P3")) row[0] = { ...one, at: row[0].at };
    }
  }
  return [...rows.values()];
}

async function seen(ids: string[]): Promise<void> {
  for (const id of ids) await attempt(() => post(`/alerts/${id}/seen`));
}

function Alerts() {
  const { alerts } = board.value;
  if (!alerts.length) return null;
  return (
    <section class="alerts" aria-labelledby="l-alerts">
      <h2 id="l-alerts">
        {t("alerts")} <span class="count">{alerts.length}</span>
      </h2>
      <ul>
        {together(alerts).map(([one, ids]) => (
          <li key={one.id} class={`row small ${one.level ?? ""}`}>
            <span>
              {one.level && <Badge level={one.level} />} {named("alert_", one.kind, "alert_other")} ·{" "}
              {clock(one.at)}
              {ids.length > 1 ? ` · ×${ids.length}` : ""}
            </span>
            <span class="buttons">
              {one.conversation && rowOf(one.conversation) && (
                <button type="button" onClick={() => void look(one.conversation as string)}>
                  {t("open")}
                </button>
              )}
              <button type="button" onClick={() => void seen(ids)}>
                {t("alert_seen")}
              </button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The channel where it is not the website. */
function by(one: { channel: string }): string {
  return one.channel === "web" ? "" : ` · ${channel(one.channel)}`;
}

/** Whether j and k have come to this row: only the rows that change are drawn again. */
function useChosen(id: string): string {
  return useComputed(() => (chosen.value === id ? "chosen" : "")).value;
}

function Waiting({ row }: { row: Row }) {
  const stepIn = row.reason === "step_in";
  return (
    <li id={`row-${row.id}`} class={`row ${row.level} ${useChosen(row.id)}`}>
      <div class="about">
        <Badge level={row.level} />
        <span class="why">{named("reason_", row.reason, "reason_other")}</span>
        <span class="muted">
          {t(stepIn ? "since" : "waits", { time: ago(row.since, now.value) })} · {language(row.language)}
          {by(row)}
          {row.released ? ` · ${t("returned")}` : ""}
          {me.value?.languages.split(",").includes(row.language) ? "" : ` · ${t("other_language")}`}
        </span>
        {row.seen && (
          <span class="seen">
            {dangers(row)}
            {row.seen_at ? `, ${t("ago", { time: ago(row.seen_at, now.value) })}` : ""}
          </span>
        )}
        <Needs needs={row.needs ?? []} />
      </div>
      <div class="buttons">
        <button type="button" class="main" onClick={() => void act(row.id)}>
          {t(stepIn ? "step_in" : "claim")}
        </button>
        {!stepIn && (
          <button type="button" onClick={() => void look(row.id)}>
            {t("open")}
          </button>
        )}
      </div>
    </li>
  );
}

/** What the person needs somebody to know about; said in words where it is what one knows. */
function Needs({ needs }: { needs: string[] }) {
  if (!needs.length) return null;
  const mine = me.value?.skills.split(",") ?? [];
  const names = needs.map((one) => named("skill_", one, "topic_other")).join(", ");
  return (
    <span class="muted">{t(needs.some((one) => mine.includes(one)) ? "needs_you" : "needs", { names })}</span>
  );
}

function Held({ rows }: { rows: Row[] }) {
  return (
    <ul>
      {rows.map((row) => (
        <Claimed key={row.id} row={row} />
      ))}
    </ul>
  );
}

function Claimed({ row }: { row: Row }) {
  const shown = panes.value.includes(row.id);
  return (
    <li id={`row-${row.id}`} class={`row ${row.level} ${useChosen(row.id)} ${shown ? "shown" : ""}`}>
      <div class="about">
        <Badge level={row.level} />
        <span class="why">
          {row.who}
          {row.flagged ? ` · ${t("flagged")}` : ""}
        </span>
        <span class="muted">
          {t("since", { time: ago(row.since, now.value) })} · {language(row.language)}
          {by(row)}
          {row.risk ? ` · ${t("risk_open")}` : ""}
        </span>
      </div>
      <div class="buttons">
        <button type="button" onClick={() => void look(row.id)}>
          {t("open")}
        </button>
        {panes.value.length > 0 && !shown && (
          <button type="button" onClick={() => void look(row.id, true)}>
            {t("open_beside")}
          </button>
        )}
      </div>
    </li>
  );
}
