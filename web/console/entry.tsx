// One entry of the directory as a form: every field by its name, choices as boxes, refusals beside their field.
import { useEffect, useRef, useState } from "preact/hooks";
import { post, Refusal } from "./api";
import { Amount, Boxes, Codes, type Draft, type Entry, Picked, Text, Ticked } from "./fields";
import { type Key, lang, t } from "./strings";

export interface Choice {
  id: string;
  en: string;
  es: string;
}
export type Choices = Record<string, Choice[]>;
export const NEW: Entry = {
  id: "",
  name: "",
  about: {},
  licensed: [],
  languages: [],
  capacity: 1,
  paused: false,
  verified_on: null,
};
const NEEDS: [string, Key][] = [
  ["withdrawal", "need_withdrawal"],
  ["pregnancy", "need_pregnancy"],
];
const KINDS: [string, Key][] = [
  ["therapist", "entry_therapist"],
  ["programme", "entry_programme"],
];
const GENDERS: [string, Key][] = [
  ["", "say_unknown"],
  ["woman", "gender_woman"],
  ["man", "gender_man"],
  ["nonbinary", "gender_nonbinary"],
  ["team", "gender_team"],
];
const TRUTHS: [string, Key][] = [
  ["", "say_unknown"],
  ["yes", "say_yes"],
  ["no", "say_no"],
];

interface Props {
  entry: Entry;
  fresh: boolean;
  choices: Choices;
  onDone: (saved?: Entry) => void;
}

export function EntryForm({ entry, fresh, choices, onDone }: Props) {
  const [now, setNow] = useState(entry);
  const [wrong, setWrong] = useState("");
  const form = useRef<HTMLFormElement>(null);
  const set = (field: string, value: unknown) => setNow((before) => ({ ...before, [field]: value }));
  const draft: Draft = { now, set, wrong };
  useEffect(() => form.current?.querySelector<HTMLElement>("input:not([readonly])")?.focus(), []);
  async function save(event: Event): Promise<void> {
    event.preventDefault();
    try {
      await post("/directory", { entry: now });
      onDone(now);
    } catch (error) {
      const said = error instanceof Refusal ? error.message : t("error");
      setWrong(said);
      const field = said.split(/[:.[]/)[0] ?? "";
      form.current?.querySelector<HTMLElement>(`[data-field="${CSS.escape(field)}"]`)?.focus();
    }
  }
  return (
    <form ref={form} class="entry" onSubmit={(event) => void save(event)}>
      {wrong && (
        <p id="entry-wrong" class="problem" role="alert">
          {wrong}
        </p>
      )}
      <Who draft={draft} fresh={fresh} />
      <What draft={draft} choices={choices} />
      <Room draft={draft} />
      <p class="buttons">
        <button type="submit" class="main">
          {t("save")}
        </button>
        <button type="button" onClick={() => onDone()}>
          {t("cancel")}
        </button>
      </p>
    </form>
  );
}

function Who({ draft, fresh }: { draft: Draft; fresh: boolean }) {
  const { now, set } = draft;
  const about = (code: "en" | "es", said: string) => {
    const { [code]: _, ...others } = now.about;
    set("about", said ? { ...others, [code]: said } : others);
  };
  return (
    <>
      <div class="fields">
        <Text draft={draft} field="name" label="staff_name" required maxLength={120} />
        <Text
          draft={draft}
          field="id"
          label="entry_id"
          required
          readOnly={!fresh}
          pattern="[A-Za-z0-9._\-]{1,64}"
        />
        <Picked draft={draft} field="kind" label="entry_kind" options={KINDS} read={String} />
        <Text
          draft={draft}
          field="about"
          label="entry_about_en"
          maxLength={200}
          shown={now.about.en ?? ""}
          onText={(said) => about("en", said)}
        />
        <Text
          draft={draft}
          field="about"
          label="entry_about_es"
          maxLength={200}
          shown={now.about.es ?? ""}
          onText={(said) => about("es", said)}
        />
        <Codes draft={draft} field="licensed" label="entry_licensed" />
        <Codes draft={draft} field="languages" label="entry_languages" />
        <Picked draft={draft} field="gender" label="entry_gender" options={GENDERS} read={String} />
        <Picked
          draft={draft}
          field="moud"
          label="entry_moud"
          options={TRUTHS}
          read={(value) => (value ? value === "yes" : null)}
        />
      </div>
      <Ticked draft={draft} field="interpreter" label="entry_interpreter" />
    </>
  );
}

function What({ draft, choices }: { draft: Draft; choices: Choices }) {
  const words = (field: string): [string, string][] =>
    (choices[field] ?? []).map((one) => [one.id, one[lang.value]]);
  const needs = NEEDS.map(([id, key]): [string, string] => [id, t(key)]);
  return (
    <>
      <Boxes draft={draft} field="goals" label="entry_goals" options={words("goals")} />
      <Boxes draft={draft} field="needs" label="entry_needs" options={needs} />
      <Boxes draft={draft} field="modes" label="entry_modes" options={words("modes")} />
      <Boxes draft={draft} field="times" label="entry_times" options={words("times")} />
      <Boxes draft={draft} field="payment" label="entry_payment" options={words("payment")} />
      <Boxes draft={draft} field="plans" label="entry_plans" options={words("plans")} />
      <Boxes draft={draft} field="identity" label="entry_identity" options={words("identity")} />
    </>
  );
}

function Room({ draft }: { draft: Draft }) {
  const day = (said: string) => draft.set("verified_on", said || null);
  return (
    <>
      <div class="fields">
        <Amount draft={draft} field="capacity" label="entry_capacity" max={10000} />
        <Amount draft={draft} field="wait_days" label="entry_wait_days" max={730} />
        <Amount draft={draft} field="fee" label="entry_fee" max={100000} />
        <Text draft={draft} field="phone" label="entry_phone" maxLength={40} type="tel" />
        <Text draft={draft} field="website" label="entry_website" maxLength={200} type="url" />
        <Text draft={draft} field="send_to" label="entry_send_to" maxLength={200} />
        <div>
          <Text draft={draft} field="verified_on" label="entry_verified_on" type="date" onText={day} />
          <button type="button" onClick={() => day(new Date().toISOString().slice(0, 10))}>
            {t("entry_today")}
          </button>
        </div>
      </div>
      <Ticked draft={draft} field="paused" label="entry_paused" />
      <Ticked draft={draft} field="affiliated" label="entry_affiliated" />
    </>
  );
}
