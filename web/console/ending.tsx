// Ending a talk: a typed reason, the structured case note, what becomes of an open risk.
import { post } from "./api";
import { Buttons, dismiss } from "./dialogs";
import { attempt, dialog } from "./state";
import { t } from "./strings";
import { shut, threads } from "./threads";

const REASONS = [
  "answered",
  "referred",
  "emergency_services",
  "callback_agreed",
  "no_reply",
  "contact_left",
  "wrong_service",
  "abuse",
  "technical",
] as const;
const TOPICS = ["wound", "overdose", "suicide", "withdrawal", "treatment", "family", "other"] as const;
const STEPS = ["listened", "safety_plan", "numbers", "referral", "emergency"] as const;

export function EndForm({ id }: { id: string }) {
  const head = threads.value[id]?.head;
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const body = {
      reason: data.get("reason"),
      afterwards: data.get("afterwards"),
      safe: data.get("safe") === "on",
      topics: data.getAll("topic"),
      steps: data.getAll("step"),
      text: data.get("text"),
    };
    const hard = (head?.level ?? "P3") <= "P1";
    const done = await attempt(() => post(`/conversations/${id}/close`, body).then(() => true));
    if (!done) return;
    shut(id);
    if (hard) dialog.value = { kind: "debrief" };
    else dismiss();
  }
  return (
    <form onSubmit={submit}>
      <label>
        {t("end_reason")}
        <select name="reason">
          {REASONS.map((one) => (
            <option key={one} value={one}>
              {t(`end_${one}`)}
            </option>
          ))}
        </select>
      </label>
      {head?.risk && (
        <label class="check">
          <input type="checkbox" name="safe" /> {t("end_safe")}
        </label>
      )}
      <Checks legend={t("end_topics")} name="topic" prefix="topic_" values={TOPICS} />
      <Checks legend={t("end_steps")} name="step" prefix="step_" values={STEPS} />
      <label>
        {t("end_note")}
        <textarea name="text" rows={3} maxLength={4000} />
      </label>
      <fieldset class="inline">
        <legend>{t("end_then")}</legend>
        <label class="check">
          <input type="radio" name="afterwards" value="bot" checked /> {t("then_bot")}
        </label>
        <label class="check">
          <input type="radio" name="afterwards" value="closed" /> {t("then_closed")}
        </label>
      </fieldset>
      <Buttons act={t("end_do")} />
    </form>
  );
}

interface ChecksProps<V extends string, P extends "topic_" | "step_"> {
  legend: string;
  name: string;
  prefix: P;
  values: readonly V[];
}

function Checks<V extends string, P extends "topic_" | "step_">({
  legend,
  name,
  prefix,
  values,
}: ChecksProps<V, P>) {
  return (
    <fieldset class="inline">
      <legend>{legend}</legend>
      {values.map((one) => (
        <label key={one} class="check">
          <input type="checkbox" name={name} value={one} /> {t(`${prefix}${one}` as Parameters<typeof t>[0])}
        </label>
      ))}
    </fieldset>
  );
}
