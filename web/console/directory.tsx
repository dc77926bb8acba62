// The directory of therapists and the requests to them: look, edit one entry, say what a therapist answered.
import { useEffect, useRef, useState } from "preact/hooks";
import { get, post } from "./api";
import { type Choices, EntryForm, NEW } from "./entry";
import type { Entry } from "./fields";
import { attempt, me } from "./state";
import { day, type Key, t } from "./strings";

interface Held {
  sample: boolean;
  entries: Entry[];
  choices: Choices;
}
interface Asked {
  id: string;
  at: string;
  to: string;
  send_to: string;
  mail: string;
  letter: string | null;
}

export function DirectoryPage() {
  return (
    <main class="sheet" aria-labelledby="sheet-title">
      <header>
        <h2 id="sheet-title">{t("directory")}</h2>
      </header>
      {me.value?.role !== "editor" && <Requests />}
      {me.value?.role !== "counsellor" && <Entries />}
    </main>
  );
}

function Requests() {
  const [asked, setAsked] = useState<Asked[]>([]);
  const read = () => attempt(() => get<Asked[]>("/requests")).then((all) => all && setAsked(all));
  useEffect(() => void read(), []);
  const decide = (id: string, state: string) =>
    void attempt(() => post(`/requests/${id}/decide`, { state })).then(read);
  return (
    <section aria-labelledby="d-requests">
      <h3 id="d-requests">{t("requests")}</h3>
      {!asked.length && <p class="muted">{t("requests_none")}</p>}
      {asked.map((one) => (
        <article key={one.id}>
          <p>
            <strong>{one.to}</strong> <span class="muted">{day(one.at)}</span> {one.send_to}
            {one.mail && <span class="badge">{t(`request_mail_${one.mail}` as Key)}</span>}
          </p>
          <pre>{one.letter}</pre>
          <p class="buttons">
            <button type="button" onClick={() => decide(one.id, "taken")}>
              {t("request_taken")}
            </button>
            <button type="button" onClick={() => decide(one.id, "declined")}>
              {t("request_declined")}
            </button>
          </p>
        </article>
      ))}
    </section>
  );
}

function Entries() {
  const [held, setHeld] = useState<Held>({ sample: false, entries: [], choices: {} });
  const [open, setOpen] = useState<Entry>();
  const [going, setGoing] = useState("");
  const [told, setTold] = useState("");
  const title = useRef<HTMLHeadingElement>(null);
  const read = () => attempt(() => get<Held>("/directory")).then((found) => found && setHeld(found));
  useEffect(() => void read(), []);
  const isNew = open !== undefined && !held.entries.some((one) => one.id === open.id && !held.sample);
  async function done(saved?: Entry): Promise<void> {
    setOpen(undefined);
    title.current?.focus();
    if (!saved) return;
    setTold(t("entry_saved", { name: saved.name }));
    await read();
  }
  const pause = (entry: Entry) =>
    void attempt(() => post("/directory", { entry: { ...entry, paused: !entry.paused } })).then(read);
  const remove = (id: string) =>
    void attempt(() => post(`/directory/${encodeURIComponent(id)}/remove`)).then(() => {
      setGoing("");
      title.current?.focus();
      return read();
    });
  return (
    <section aria-labelledby="d-entries">
      <h3 id="d-entries" ref={title} tabIndex={-1}>
        {t("entries")}
      </h3>
      <p class="muted" role="status">
        {told}
      </p>
      {held.sample && <p class="made">{t("directory_sample")}</p>}
      {open ? (
        <EntryForm entry={open} fresh={isNew} choices={held.choices} onDone={(saved) => void done(saved)} />
      ) : (
        <>
          <p>
            <button type="button" onClick={() => setOpen(NEW)}>
              {t("entry_new")}
            </button>
          </p>
          <div class="table">
            <table>
              <thead>
                <tr>
                  <th scope="col">{t("staff_name")}</th>
                  <th scope="col">{t("entry_places")}</th>
                  <th scope="col">{t("entry_room")}</th>
                  <th scope="col">{t("entry_checked")}</th>
                  <td />
                </tr>
              </thead>
              <tbody>
                {held.entries.map((entry) => (
                  <tr key={entry.id}>
                    <th scope="row">{entry.name}</th>
                    <td>{entry.licensed.join(", ")}</td>
                    <td>
                      {entry.capacity}
                      {entry.paused && <span class="badge">{t("entry_is_paused")}</span>}
                    </td>
                    <td>{entry.verified_on ?? "–"}</td>
                    <td>
                      {!held.sample && (
                        <Acts
                          entry={entry}
                          sure={going === entry.id}
                          onEdit={() => setOpen(entry)}
                          onPause={() => pause(entry)}
                          onAsk={() => setGoing(going === entry.id ? "" : entry.id)}
                          onRemove={() => remove(entry.id)}
                        />
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  );
}

interface ActsProps {
  entry: Entry;
  sure: boolean;
  onEdit: () => void;
  onPause: () => void;
  onAsk: () => void;
  onRemove: () => void;
}

/** What can be done with one entry; removing asks once more. */
function Acts({ entry, sure, onEdit, onPause, onAsk, onRemove }: ActsProps) {
  const about = (key: Key) => `${t(key)}: ${entry.name}`;
  if (sure)
    return (
      <p class="buttons">
        {t("entry_remove_sure", { name: entry.name })}
        <button type="button" aria-label={about("entry_remove")} onClick={onRemove}>
          {t("entry_remove")}
        </button>
        <button type="button" onClick={onAsk}>
          {t("cancel")}
        </button>
      </p>
    );
  const pause: Key = entry.paused ? "entry_resume" : "entry_pause";
  return (
    <p class="buttons">
      <button type="button" aria-label={about("entry_edit")} onClick={onEdit}>
        {t("entry_edit")}
      </button>
      <button type="button" aria-label={about(pause)} onClick={onPause}>
        {t(pause)}
      </button>
      <button type="button" aria-label={about("entry_remove")} onClick={onAsk}>
        {t("entry_remove")}
      </button>
    </p>
  );
}
