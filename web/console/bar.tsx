// The bar above: queue health in words, whether conversations are taken, protocol, help, account.
import { useEffect, useRef } from "preact/hooks";
import { aside, attempt, board, connected, dialog, me, now, section, setAvailable, signOut } from "./state";
import { ago, choose, lang, t } from "./strings";

export function Bar() {
  return (
    <header class="bar">
      <h1 class="brand">
        <img src="icon.svg" alt="" width="22" height="22" /> <span class="word">{t("brand")}</span>{" "}
        <span class="hidden">{t("title")}</span>
      </h1>
      {me.value?.role !== "counsellor" && <Sections />}
      {me.value?.role === "editor" ? <div class="strip" /> : <Strip />}
      <div class="tools">
        {me.value?.role !== "editor" && (
          <>
            <label class="switch">
              <input
                type="checkbox"
                checked={me.value?.available ?? false}
                onChange={(event) => void setAvailable(event.currentTarget.checked)}
              />
              {t("available")}
            </label>
            <button
              type="button"
              class="danger"
              aria-expanded={aside.value === "protocol"}
              onClick={() => (aside.value = aside.value === "protocol" ? null : "protocol")}
            >
              {t("protocol_short")}
            </button>
          </>
        )}
        <button type="button" aria-label={t("help")} onClick={() => (dialog.value = { kind: "help" })}>
          ?
        </button>
        <Account />
      </div>
      {!connected.value && me.value?.role !== "editor" && (
        <p class="offline" role="status">
          {t("offline")}
        </p>
      )}
    </header>
  );
}

function Sections() {
  const all =
    me.value?.role === "editor"
      ? (["directory", "overview", "review"] as const)
      : (["desk", "directory", "overview", "review"] as const);
  return (
    <nav class="sections" aria-label={t("sections")}>
      {all.map((one) => (
        <button
          key={one}
          type="button"
          class="plain"
          aria-current={section.value === one ? "page" : undefined}
          onClick={() => (section.value = one)}
        >
          {t(one)}
        </button>
      ))}
    </nav>
  );
}

function Strip() {
  const health = board.value.health;
  if (!health) return <div class="strip" />;
  return (
    <dl class="strip" aria-label={t("health")}>
      <Figure name={t("h_waiting")} value={health.waiting} loud={health.waiting > 0} />
      <Figure name={t("h_oldest")} value={health.oldest ? ago(health.oldest, now.value) : "–"} />
      <Figure name={t("h_high")} value={health.high_risk} alarm={health.high_risk > 0} />
      <Figure name={t("h_online")} value={health.online} />
      <Figure name={t("h_supervisors")} value={health.supervisors} />
    </dl>
  );
}

function Figure({
  name,
  value,
  loud = false,
  alarm = false,
}: {
  name: string;
  value: string | number;
  loud?: boolean;
  alarm?: boolean;
}) {
  return (
    <div class={alarm ? "alarm" : loud ? "loud" : ""}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Account() {
  const menu = useRef<HTMLDetailsElement>(null);
  const person = me.value;
  useEffect(() => (menu.current ? folding(menu.current) : undefined), [!person]);
  if (!person) return null;
  const other = lang.value === "en" ? "es" : "en";
  async function leave(): Promise<void> {
    const count = board.value.mine.length;
    if (count && !confirm(t("sign_out_holding", { count }))) return;
    await attempt(signOut);
  }
  return (
    <details class="menu" ref={menu}>
      <summary>{person.name}</summary>
      <div>
        <p class="muted">{t(`role_${person.role}`)}</p>
        {person.role === "administrator" && (
          <button type="button" onClick={() => (dialog.value = { kind: "staff" })}>
            {t("staff")}
          </button>
        )}
        {person.role !== "editor" && (
          <button type="button" onClick={() => (dialog.value = { kind: "profile" })}>
            {t("profile")}
          </button>
        )}
        <button type="button" onClick={() => (dialog.value = { kind: "passkeys" })}>
          {t("passkeys")}
        </button>
        <button type="button" lang={other} onClick={() => choose(other)}>
          {other === "es" ? "Español" : "English"}
        </button>
        <button type="button" onClick={leave}>
          {t("sign_out")}
        </button>
      </div>
    </details>
  );
}

/** A menu closes when something in it was chosen, at Escape, and when the person goes elsewhere. */
function folding(menu: HTMLDetailsElement): () => void {
  const over = new AbortController();
  const { signal } = over;
  const elsewhere = (event: Event): void => {
    if (!menu.contains(event.target as Node)) menu.open = false;
  };
  addEventListener("pointerdown", elsewhere, { signal });
  addEventListener("focusin", elsewhere, { signal });
  const chosen = (event: Event): void => {
    if ((event.target as Element).closest("button")) menu.open = false;
  };
  menu.addEventListener("click", chosen, { signal });
  const escaped = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary")?.focus();
  };
  menu.addEventListener("keydown", escaped, { signal });
  return () => over.abort();
}
