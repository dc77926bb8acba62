// The directory of therapists and the requests to them: look, edit one entry, say what a therapist answered.
import { useEffect, useState } from "preact/hooks";
import { get, post } from "./api";
import { attempt, me } from "./state";
import { day, t } from "./strings";

interface Entry {
  id: string;
  name: string;
  licensed: string[];
  capacity: number;
  verified_on: string | null;
}
interface Held {
  sample: boolean;
  entries: Entry[];
}
interface Asked {
  id: string;
  at: string;
  to: string;
  send_to: string;
  letter: string | null;
}

const NEW = { id: "", name: "", about: {}, licensed: [], goals: [], modes: [], languages: [], capacity: 1 };

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
  const [held, setHeld] = useState<Held>({ sample: false, entries: [] });
  const [open, setOpen] = useState("");
  const read = () => attempt(() => get<Held>("/directory")).then((found) => found && setHeld(found));
  useEffect(() => void read(), []);
  const show = (entry: unknown) => setOpen(JSON.stringify(entry, null, 1));
  async function save(event: Event): Promise<void> {
    event.preventDefault();
    const done = await attempt(async () => {
      await post("/directory", { entry: JSON.parse(open) });
      return true;
    });
    if (done) setOpen("");
    await read();
  }
  const remove = (id: string) =>
    void attempt(() => post(`/directory/${encodeURIComponent(id)}/remove`)).then(read);
  return (
    <section aria-labelledby="d-entries">
      <h3 id="d-entries">{t("entries")}</h3>
      {held.sample && <p class="made">{t("directory_sample")}</p>}
      {open ? (
        <form onSubmit={(event) => void save(event)}>
          <label>
            {t("entry")}
            <textarea
              rows={24}
              spellcheck={false}
              value={open}
              onInput={(event) => setOpen(event.currentTarget.value)}
            />
          </label>
          <p class="buttons">
            <button type="submit" class="main">
              {t("save")}
            </button>
            <button type="button" onClick={() => setOpen("")}>
              {t("cancel")}
            </button>
          </p>
        </form>
      ) : (
        <>
          <p>
            <button type="button" onClick={() => show(NEW)}>
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
                    <td>{entry.name}</td>
                    <td>{entry.licensed.join(", ")}</td>
                    <td>{entry.capacity}</td>
                    <td>{entry.verified_on ?? "–"}</td>
                    <td class="buttons">
                      {!held.sample && (
                        <>
                          <button type="button" onClick={() => show(entry)}>
                            {t("entry_edit")}
                          </button>
                          <button type="button" onClick={() => remove(entry.id)}>
                            {t("entry_remove")}
                          </button>
                        </>
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
