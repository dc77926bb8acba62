// Passkeys: signing in by one, and the list of one's own. The device checks its owner; no code is typed.
import { useEffect, useState } from "preact/hooks";
import { call, get, post } from "./api";
import { attempt, problem } from "./state";
import { day, t } from "./strings";
import type { Me } from "./types";

interface Kept {
  id: string;
  name: string;
  created_at: string;
  used_at: string | null;
}

/** True where the browser knows passkeys and the page has a name they can be bound to. */
export function havePasskeys(): boolean {
  const named = !/^[\d.]+$|:/.test(location.hostname);
  return named && isSecureContext && "parseRequestOptionsFromJSON" in (window.PublicKeyCredential ?? {});
}

/** Sign in by a passkey; undefined when the person changed their mind. Throws Refusal. */
export async function signInByPasskey(): Promise<Me | undefined> {
  const options = await post<PublicKeyCredentialRequestOptionsJSON>("/passkey/begin", {});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const shown = await navigator.credentials.get({ publicKey }).catch(() => null);
  if (!shown) return undefined;
  return call<Me>("POST", "/passkey", { credential: asJson(shown) });
}

export function PasskeyList() {
  const [kept, setKept] = useState<Kept[]>([]);
  const read = () => attempt(() => get<Kept[]>("/passkeys")).then((all) => all && setKept(all));
  useEffect(() => void read(), []);
  async function add(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const name = new FormData(form).get("name");
    const options = await attempt(() => post<PublicKeyCredentialCreationOptionsJSON>("/passkeys/begin", {}));
    if (!options) return;
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const made = await navigator.credentials.create({ publicKey }).catch(() => null);
    if (!made) {
      problem.value = t("passkey_not_made");
      return;
    }
    const body = { name, credential: asJson(made) };
    if (await attempt(() => post<{ id: string }>("/passkeys", body))) form.reset();
    await read();
  }
  const remove = (id: string) => void attempt(() => post(`/passkeys/${id}/remove`, {})).then(read);
  return (
    <>
      <p>{t("passkey_intro")}</p>
      {problem.value && (
        <p class="failure" role="alert">
          {problem.value}
        </p>
      )}
      <ul class="earlier">
        {kept.map((one) => (
          <li key={one.id} class="kept">
            <span>
              <b>{one.name}</b>{" "}
              <span class="muted">
                {one.used_at ? t("passkey_used", { day: day(one.used_at) }) : t("passkey_unused")}
              </span>
            </span>
            <button
              type="button"
              aria-label={t("passkey_remove", { name: one.name })}
              onClick={() => remove(one.id)}
            >
              {t("entry_remove")}
            </button>
          </li>
        ))}
      </ul>
      {havePasskeys() ? (
        <form onSubmit={add}>
          <label>
            {t("passkey_name")}
            <input name="name" maxLength={40} required />
          </label>
          <p class="buttons">
            <button type="submit" class="main">
              {t("passkey_add")}
            </button>
          </p>
        </form>
      ) : (
        <p class="muted">{t("passkey_cannot")}</p>
      )}
    </>
  );
}

function asJson(credential: Credential): unknown {
  return (credential as PublicKeyCredential).toJSON();
}
