// What should be looked at again: unanswered questions, thumbs on answers, messages that never arrived.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { get, post } from "./api";
import { attempt, me } from "./state";
import { channel, day, language, named, t } from "./strings";

type Kind = "unanswered" | "thumbs" | "letters";

interface Row {
  id: string;
  at: string;
  language?: string;
  text?: string;
  thumb?: "up" | "down";
  content?: string | null;
  title?: string | null;
  version?: string | null;
  conversation?: string;
  direction?: "in" | "out";
  author?: string;
  channel?: string;
  failure?: string | null;
}

const kind = signal<Kind>("unanswered");

export function Review() {
  const [rows, setRows] = useState<Row[] | null>(null);
  const senior = me.value?.role !== "editor";
  const kinds: Kind[] = senior ? ["unanswered", "thumbs", "letters"] : ["unanswered", "thumbs"];
  const read = () => attempt(() => get<Row[]>(`/${kind.value}`)).then((found) => found && setRows(found));
  useEffect(() => {
    setRows(null);
    void read();
  }, [kind.value]);
  const act = (path: string) => void attempt(() => post(path)).then(read);
  return (
    <main class="sheet" aria-labelledby="sheet-title">
      <header>
        <h2 id="sheet-title">{t("review")}</h2>
        <p class="muted">{t(`review_${kind.value}`)}</p>
        <fieldset class="modes">
          <legend class="hidden">{t("review")}</legend>
          {kinds.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={kind.value === one}
              onClick={() => (kind.value = one)}
            >
              {t(`l_${one}`)}
            </button>
          ))}
        </fieldset>
      </header>
      {rows === null && <p>{t("loading")}</p>}
      {rows?.length === 0 && <p class="muted">{t("review_none")}</p>}
      {rows !== null && rows.length > 0 && (
        <div class="table">
          <table>
            <thead>
              <tr>
                {HEADS[kind.value].map((head) => (
                  <th key={head} scope="col">
                    {t(head)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  {kind.value === "unanswered" && <Question row={row} act={act} />}
                  {kind.value === "thumbs" && <Thumb row={row} />}
                  {kind.value === "letters" && <Letter row={row} act={act} />}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}

const HEADS = {
  unanswered: ["day", "language", "question", "action"],
  thumbs: ["day", "language", "thumb", "answer", "version"],
  letters: ["day", "channel", "message", "failure", "action"],
} as const;

interface Acting {
  row: Row;
  act(path: string): void;
}

function Question({ row, act }: Acting) {
  return (
    <>
      <td class="when">{day(row.at)}</td>
      <td>{language(row.language ?? "")}</td>
      <td class="wide" lang={row.language}>
        {row.text}
      </td>
      <td>
        <button type="button" onClick={() => act(`/unanswered/${row.id}/reviewed`)}>
          {t("reviewed")}
        </button>
      </td>
    </>
  );
}

function Thumb({ row }: { row: Row }) {
  return (
    <>
      <td class="when">{day(row.at)}</td>
      <td>{language(row.language ?? "")}</td>
      <td>
        <span class={`badge ${row.thumb === "down" ? "P1" : "P3"}`}>
          {t(row.thumb === "down" ? "thumb_down" : "thumb_up")}
        </span>
      </td>
      <td class="wide" lang={row.language}>
        {row.title ?? row.content ?? "–"}
      </td>
      <td class="muted">{row.version ?? "–"}</td>
    </>
  );
}

function Letter({ row, act }: Acting) {
  return (
    <>
      <td class="when">{day(row.at)}</td>
      <td>{channel(row.channel ?? "")}</td>
      <td>
        {t(row.direction === "in" ? "letter_in" : "letter_out")} · {named("", row.author ?? "", "notice")}
      </td>
      <td class="wide">{row.failure ?? t("letter_failed")}</td>
      <td>
        <button type="button" onClick={() => act(`/letters/${row.id}/again`)}>
          {t("try_again")}
        </button>
      </td>
    </>
  );
}
