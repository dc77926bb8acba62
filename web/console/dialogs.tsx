// Dialogs: ending a talk, handing over, opening with a reason, keys, debrief, staff. Escape closes each.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { post } from "./api";
import { EndForm } from "./ending";
import { singleKeys, switchKeys } from "./keys";
import { look } from "./lists";
import { PasskeyList } from "./passkeys";
import { EarlierTalks, Profile } from "./person";
import { StaffList } from "./staff";
import { attempt, board, dialog, me, setAvailable } from "./state";
import { language, named, t } from "./strings";
import { readOn } from "./threads";

export function Dialogs() {
  const open = dialog.value;
  switch (open?.kind) {
    case "end":
      return <Modal title={t("end_title")} body={<EndForm id={open.id} />} />;
    case "transfer":
      return <Modal title={t("transfer_title")} body={<Transfer id={open.id} />} />;
    case "glass":
      return <Modal title={t("glass_title")} body={<Glass id={open.id} />} />;
    case "help":
      return <Modal title={t("keys_title")} body={<Help />} />;
    case "staff":
      return <Modal title={t("staff")} body={<StaffList />} wide />;
    case "profile":
      return <Modal title={t("profile")} body={<Profile />} />;
    case "passkeys":
      return <Modal title={t("passkeys")} body={<PasskeyList />} />;
    case "earlier":
      return <Modal title={t("earlier")} body={<EarlierTalks id={open.id} />} />;
    case "debrief":
      return <Modal title={t("debrief_title")} body={<Debrief />} />;
    default:
      return null;
  }
}

export function dismiss(): void {
  dialog.value = null;
}

function Modal({ title, body, wide = false }: { title: string; body: ComponentChildren; wide?: boolean }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    element.current?.showModal();
    return () => before?.focus?.();
  }, []);
  return (
    <dialog ref={element} class={wide ? "wide" : ""} aria-labelledby="dialog-title" onClose={dismiss}>
      <header>
        <h2 id="dialog-title">{title}</h2>
        <button type="button" aria-label={t("close")} onClick={dismiss}>
          ✕
        </button>
      </header>
      {body}
    </dialog>
  );
}

function Transfer({ id }: { id: string }) {
  const others = board.value.team.filter((one) => one.id !== me.value?.id);
  const [text, setText] = useState("");
  const [to, setTo] = useState(others[0]?.id ?? "");
  if (!others.length) return <p>{t("transfer_none")}</p>;
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const done = await attempt(() => post(`/conversations/${id}/invite`, { to, text }).then(() => true));
    if (done) dismiss();
    await readOn(id);
  }
  return (
    <form onSubmit={submit}>
      <label>
        {t("transfer_to")}
        <select value={to} onChange={(event) => setTo(event.currentTarget.value)}>
          {others.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name} · {one.languages.split(",").map(language).join(", ")} · {one.load} / {one.capacity}
              {knows(one.skills)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t("transfer_text")}
        <textarea rows={3} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <Buttons act={t("transfer_do")} />
    </form>
  );
}

/** What a colleague knows much about, in words. */
function knows(skills: string): string {
  const words = skills.split(",").map((one) => (one ? named("skill_", one, "topic_other") : ""));
  return skills ? ` · ${words.join(", ")}` : "";
}

const REASONS = ["supervision", "safety", "complaint", "technical", "legal"] as const;

function Glass({ id }: { id: string }) {
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const data = Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement));
    const done = await attempt(() => post(`/conversations/${id}/break-glass`, data).then(() => true));
    if (!done) return;
    dismiss();
    await look(id, true);
  }
  return (
    <form onSubmit={submit}>
      <p>{t("glass_intro")}</p>
      <label>
        {t("glass_reason")}
        <select name="reason">
          {REASONS.map((one) => (
            <option key={one} value={one}>
              {t(`glass_${one}`)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t("glass_text")}
        <input name="text" maxLength={400} />
      </label>
      <Buttons act={t("glass_do")} />
    </form>
  );
}

export function Buttons({ act }: { act: string }) {
  return (
    <p class="buttons">
      <button type="button" onClick={dismiss}>
        {t("cancel")}
      </button>
      <button type="submit" class="main">
        {act}
      </button>
    </p>
  );
}

function Help() {
  const keys = [
    ["j / k", t("key_move")],
    ["Enter", t("key_enter")],
    ["b", t("key_beside")],
    ["t", t("key_next")],
    ["/", t("key_reply")],
    ["n", t("key_note")],
    ["e", t("key_protocol")],
    ["p", t("key_passages")],
    ["1 – 9", t("key_use")],
    ["h", t("key_earlier")],
    ["x", t("key_end")],
    ["o", t("key_pane")],
    ["?", t("key_help")],
    ["Esc", t("key_escape")],
  ];
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={singleKeys.value}
          onChange={(event) => switchKeys(event.currentTarget.checked)}
        />{" "}
        {t("keys_on")}
      </label>
      <dl class="keys">
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Debrief() {
  return (
    <>
      <p>{t("debrief")}</p>
      <p class="buttons">
        <button
          type="button"
          onClick={() => {
            void setAvailable(false);
            dismiss();
          }}
        >
          {t("debrief_pause")}
        </button>
        <button type="button" class="main" onClick={dismiss}>
          {t("debrief_on")}
        </button>
      </p>
    </>
  );
}
