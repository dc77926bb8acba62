// Signing in with both factors, and setting up an account from a one-time link.
import { useEffect, useRef, useState } from "preact/hooks";
import { call, post } from "./api";
import { havePasskeys, signInByPasskey } from "./passkeys";
import { sentence } from "./refusals";
import { begin, enter, view } from "./state";
import { choose, lang, t } from "./strings";
import type { Me } from "./types";

interface Enrolment {
  login: string;
  name: string;
  secret: string;
  qr: string;
}

function LanguageChoice() {
  const other = lang.value === "en" ? "es" : "en";
  return (
    <button type="button" class="plain" lang={other} onClick={() => choose(other)}>
      {other === "es" ? "Español" : "English"}
    </button>
  );
}

function Brand() {
  return (
    <p class="brand">
      <img src="icon.svg" alt="" width="32" height="32" /> {t("brand")}
    </p>
  );
}

function Failure({ text }: { text: string }) {
  return text ? (
    <p class="failure" role="alert">
      {text}
    </p>
  ) : null;
}

export function SignIn({ locked = false }: { locked?: boolean }) {
  const [failure, fail] = useState("");
  const [busy, setBusy] = useState(false);
  const [provider, setProvider] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (location.hash === "#refused") {
      history.replaceState(null, "", location.pathname);
      fail(t("oidc_refused"));
    }
    call<{ oidc: boolean }>("GET", "/doors").then(
      (doors) => setProvider(doors.oidc),
      () => {},
    );
  }, []);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    try {
      enter(await post<Me>("/session", Object.fromEntries(data)));
    } catch (error) {
      fail(sentence(error));
      const code = form.current?.elements.namedItem("code") as HTMLInputElement | null;
      if (code) code.value = "";
    }
    setBusy(false);
  }
  async function byPasskey(): Promise<void> {
    setBusy(true);
    try {
      const person = await signInByPasskey();
      if (person) enter(person);
    } catch (error) {
      fail(sentence(error));
    }
    setBusy(false);
  }
  return (
    <main class="door">
      <form ref={form} onSubmit={submit}>
        <Brand />
        <h1>{t("sign_in")}</h1>
        {locked && <p>{t("locked")}</p>}
        <Failure text={failure} />
        <label>
          {t("login")}
          <input name="login" autocomplete="username" autocapitalize="none" spellcheck={false} required />
        </label>
        <label>
          {t("password")}
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <Code />
        <button type="submit" class="main" disabled={busy}>
          {t("sign_in")}
        </button>
        {havePasskeys() && (
          <button type="button" disabled={busy} onClick={() => void byPasskey()}>
            {t("passkey_sign_in")}
          </button>
        )}
        {provider && (
          <a class="button" href="api/oidc/start">
            {t("oidc")}
          </a>
        )}
        <LanguageChoice />
      </form>
    </main>
  );
}

function Code({ label }: { label?: string }) {
  return (
    <label>
      {label ?? t("code")}
      <input
        name="code"
        class="code"
        inputMode="numeric"
        autocomplete="one-time-code"
        pattern="[0-9 ]{6,7}"
        aria-describedby="code-hint"
        required
      />
      <small id="code-hint">{t("code_hint")}</small>
    </label>
  );
}

/** The token is taken out of the address at once, so that it stays in no history. */
function takeToken(): string {
  const token = location.hash.replace(/^#enrol=/, "");
  history.replaceState(null, "", location.pathname);
  return token;
}

export function Enrol() {
  const [token] = useState(takeToken);
  const [shown, show] = useState<Enrolment | null>(null);
  const [failure, fail] = useState("");
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    call<Enrolment>("POST", "/enrol/begin", { token }).then(show, (error) => fail(sentence(error)));
  }, [token]);
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    try {
      enter(await post<Me>("/enrol", { token, ...Object.fromEntries(data) }));
    } catch (error) {
      fail(sentence(error));
    }
  }
  if (!shown)
    return (
      <main class="door">
        <div class="card">
          <Brand />
          <h1>{t("enrol_title")}</h1>
          <Failure text={failure} />
          <button type="button" onClick={() => void begin().then(() => (view.value = "signin"))}>
            {t("sign_in")}
          </button>
        </div>
      </main>
    );
  return (
    <main class="door">
      <form class="wide" onSubmit={submit}>
        <Brand />
        <h1>{t("enrol_title")}</h1>
        <p>{t("enrol_intro")}</p>
        <Failure text={failure} />
        <label>
          {t("enrol_name")}
          <input name="name" value={shown.name} autocomplete="nickname" maxLength={40} required />
        </label>
        <label>
          {t("login")}
          <input name="login" value={shown.login} autocomplete="username" autocapitalize="none" required />
        </label>
        <label>
          {t("password")}
          <input
            name="password"
            {...({ type: visible ? "text" : "password" } as { type: "password" })}
            autocomplete="new-password"
            minLength={12}
            aria-describedby="password-hint"
            required
          />
          <small id="password-hint">{t("enrol_password_hint")}</small>
        </label>
        <label class="check">
          <input type="checkbox" checked={visible} onChange={() => setVisible(!visible)} />{" "}
          {t("show_password")}
        </label>
        <div class="factor">
          <img src={shown.qr} alt={t("qr_alt")} width="180" height="180" />
          <div>
            <p>{t("enrol_scan")}</p>
            <p>{t("enrol_text")}:</p>
            <code class="secret">{shown.secret.replace(/(.{4})/g, "$1 ").trim()}</code>
          </div>
        </div>
        <Code label={t("enrol_code")} />
        <button type="submit" class="main">
          {t("enrol_done")}
        </button>
        <LanguageChoice />
      </form>
    </main>
  );
}
