// Accounts, for administrators: who there is, new ones with a one-time link, fresh links, leaving.
import { useEffect, useState } from "preact/hooks";
import { get, post } from "./api";
import { attempt, me } from "./state";
import { t } from "./strings";
import type { Me } from "./types";

type Account = Me & { enrolled: boolean };
const ROLES = ["counsellor", "supervisor", "editor", "administrator"] as const;

export function StaffList() {
  const [accounts, setAccounts] = useState<Account[]>([]);
  const [link, setLink] = useState("");
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
                <td>{t(one.enrolled ? "enrolled" : "not_enrolled")}</td>
                <td class="buttons">
                  {one.id !== me.value?.id && (
                    <>
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
      <form class="row-form" onSubmit={add}>
        <label>
          {t("login")}
          <input name="login" autocapitalize="none" required />
        </label>
        <label>
          {t("staff_name")}
          <input name="name" maxLength={40} required />
        </label>
        <label>
          {t("staff_role")}
          <select name="role">
            {ROLES.map((one) => (
              <option key={one} value={one}>
                {t(`role_${one}`)}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="main">
          {t("staff_add")}
        </button>
      </form>
    </>
  );
}
