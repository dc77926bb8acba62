// Accounts, for administrators: who there is, new ones with a one-time link, fresh links, leaving.
import { useEffect, useState } from "preact/hooks";
import { get, post } from "./api";
import { Able } from "./person";
import { attempt, me } from "./state";
import { t } from "./strings";
import type { Me } from "./types";

type Account = Me & { enrolled: boolean; capacity: number };
const ROLES = ["counsellor", "supervisor", "editor", "administrator"] as const;

export function StaffList() {
  const [accounts, setAccounts] = useState<Account[]>([]);
  const [link, setLink] = useState("");
  const [changed, setChanged] = useState<Account | null>(null);
  const read = () => attempt(() => get<Account[]>("/staff")).then((all) => all && setAccounts(all));
  useEffect(() => void read(), []);
  async function make(path: string, body?: unknown): Promise<void> {
    const made = await attempt(() => post<{ link?: string } | undefined>(path, body));
    setLink(made?.link ?? "");
    await read();
  }
  function add(event: Event): void {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    void make("/staff", Object.fromEntries(new FormData(form))).then(() => form.reset());
  }
  return (
    <>
      {link && (
        <p class="made" role="status">
          {t("staff_made")} <code>{link}</code>
        </p>
      )}
      <div class="table">
        <table>
          <thead>
            <tr>
              <th>{t("staff_name")}</th>
              <th>{t("login")}</th>
              <th>{t("staff_role")}</th>
              <th>{t("staff_capacity")}</th>
              <th>{t("staff_state")}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {accounts.map((one) => (
              <tr key={one.id}>
                <td>{one.name}</td>
                <td>{one.login}</td>
                <td>{t(`role_${one.role}`)}</td>
                <td>{one.capacity}</td>
                <td>{t(one.enrolled ? "enrolled" : "not_enrolled")}</td>
                <td class="buttons">
                  {one.id !== me.value?.id && (
                    <>
                      <button type="button" onClick={() => setChanged(one)}>
                        {t("staff_change")}
                      </button>
                      <button type="button" onClick={() => void make(`/staff/${one.id}/link`)}>
                        {t("staff_link")}
                      </button>
                      <button type="button" onClick={() => void make(`/staff/${one.id}/leave`)}>
                        {t("staff_leave")}
                      </button>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {changed && (
        <Change key={changed.id} account={changed} done={() => void read().then(() => setChanged(null))} />
      )}
      <form class="row-form" onSubmit={add}>
        <label>
          {t("login")}
          <input name="login" autocapitalize="none" required />
        </label>
        <label>
          {t("staff_name")}
          <input name="name" maxLength={40} required />
        </label>
        <Roles />
        <button type="submit" class="main">
          {t("staff_add")}
        </button>
      </form>
    </>
  );
}

/** Role, load and skills of one account; a new role ends their sessions at once. */
function Change({ account, done }: { account: Account; done: () => void }) {
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const body = {
      role: data.get("role"),
      capacity: Number(data.get("capacity")),
      languages: data.getAll("language").join(","),
      skills: data.getAll("skill").join(","),
    };
    if (await attempt(() => post(`/staff/${account.id}/change`, body).then(() => true))) done();
  }
  return (
    <form class="card" onSubmit={submit} aria-label={t("staff_change_one", { name: account.name })}>
      <h3>{t("staff_change_one", { name: account.name })}</h3>
      <Roles chosen={account.role} />
      <label>
        {t("staff_capacity")}
        <input name="capacity" type="number" min={1} max={12} value={account.capacity} required />
        <small>{t("staff_capacity_hint")}</small>
      </label>
      <Able person={account} />
      <p class="buttons">
        <button type="button" onClick={done}>
          {t("cancel")}
        </button>
        <button type="submit" class="main">
          {t("save")}
        </button>
      </p>
    </form>
  );
}

function Roles({ chosen }: { chosen?: string }) {
  return (
    <label>
      {t("staff_role")}
      <select name="role">
        {ROLES.map((one) => (
          <option key={one} value={one} selected={one === chosen}>
            {t(`role_${one}`)}
          </option>
        ))}
      </select>
    </label>
  );
}
