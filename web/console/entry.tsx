// One entry of the directory as a form: every field by its name, choices as boxes, refusals beside their field.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { post, Refusal } from "./api";
import { type Key, lang, t } from "./strings";

export interface Choice {
  id: string;
  en: string;
  es: string;
}
export type Choices = Record<string, Choice[]>;
export interface Entry {
  id: string;
  name: string;
  about: { en?: string; es?: string };
  licensed: string[];
  languages: string[];
  capacity: number;
  paused: boolean;
  verified_on: string | null;
  [field: string]: unknown;
}

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

const list = (value: unknown): string[] => (Array.isArray(value) ? value : []);
const parted = (text: string): string[] =>
  text
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter(Boolean);
const number = (text: string): number | null => (text.trim() ? Number(text) : null);

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
  const refused = (field: string) => wrong.startsWith(`${field}:`) || wrong.includes(`; ${field}:`);
  const text = (field: string, label: Key, more: Record<string, unknown> = {}) => (
    <label>
      {t(label)}
      <input
        data-field={field}
        value={String(now[field] ?? "")}
        aria-invalid={refused(field)}
        aria-describedby={refused(field) ? "entry-wrong" : undefined}
        onInput={(event) => set(field, event.currentTarget.value)}
        {...more}
      />
    </label>
  );
  const codes = (field: string, label: Key) =>
    text(field, label, {
      value: undefined,
      defaultValue: list(now[field]).join(", "),
      onInput: (event: Event) => set(field, parted((event.currentTarget as HTMLInputElement).value)),
      required: true,
    });
  const amount = (field: string, label: Key, most: number) =>
    text(field, label, {
      type: "number",
      min: 0,
      max: most,
      onInput: (event: Event) => set(field, number((event.currentTarget as HTMLInputElement).value)),
    });
  const picked = (field: string, label: Key, options: [string, Key][], read: (value: string) => unknown) => (
    <label>
      {t(label)}
      <select
        data-field={field}
        value={written(now[field])}
        onChange={(event) => set(field, read(event.currentTarget.value))}
      >
        {options.map(([value, name]) => (
          <option key={value} value={value}>
            {t(name)}
          </option>
        ))}
      </select>
    </label>
  );
  const ticked = (field: string, label: Key) => (
    <label class="check">
      <input
        type="checkbox"
        data-field={field}
        checked={Boolean(now[field])}
        onChange={(event) => set(field, event.currentTarget.checked)}
      />
      {t(label)}
    </label>
  );
  const boxes = (field: string, label: Key, options: [string, string][]) => (
    <Boxes
      field={field}
      label={t(label)}
      options={options}
      chosen={list(now[field])}
      onChange={(chosen) => set(field, chosen)}
    />
  );
  const words = (field: string): [string, string][] =>
    (choices[field] ?? []).map((one) => [one.id, one[lang.value]]);
  const about = (code: "en" | "es", label: Key) =>
    text("about", label, {
      value: now.about[code] ?? "",
      maxLength: 200,
      onInput: (event: Event) => {
        const { [code]: _, ...others } = now.about;
        const said = (event.currentTarget as HTMLInputElement).value;
        set("about", said ? { ...others, [code]: said } : others);
      },
    });
  return (
    <form ref={form} class="entry" onSubmit={(event) => void save(event)}>
      {wrong && (
        <p id="entry-wrong" class="problem" role="alert">
          {wrong}
        </p>
      )}
      <Group>
        {text("name", "staff_name", { required: true, maxLength: 120 })}
        {text("id", "entry_id", { required: true, readOnly: !fresh, pattern: "[A-Za-z0-9._\\-]{1,64}" })}
        {picked("kind", "entry_kind", KINDS, (value) => value)}
        {about("en", "entry_about_en")}
        {about("es", "entry_about_es")}
        {codes("licensed", "entry_licensed")}
        {codes("languages", "entry_languages")}
        {picked("gender", "entry_gender", GENDERS, (value) => value)}
        {picked("moud", "entry_moud", TRUTHS, (value) => (value ? value === "yes" : null))}
      </Group>
      {ticked("interpreter", "entry_interpreter")}
      {boxes("goals", "entry_goals", words("goals"))}
      {boxes(
        "needs",
        "entry_needs",
        NEEDS.map(([id, key]) => [id, t(key)]),
      )}
      {boxes("modes", "entry_modes", words("modes"))}
      {boxes("times", "entry_times", words("times"))}
      {boxes("payment", "entry_payment", words("payment"))}
      {boxes("plans", "entry_plans", words("plans"))}
      {boxes("identity", "entry_identity", words("identity"))}
      <Group>
        {amount("capacity", "entry_capacity", 10000)}
        {amount("wait_days", "entry_wait_days", 730)}
        {amount("fee", "entry_fee", 100000)}
        {text("phone", "entry_phone", { maxLength: 40, type: "tel" })}
        {text("website", "entry_website", { maxLength: 200, type: "url" })}
        {text("send_to", "entry_send_to", { maxLength: 200 })}
        <div>
          {text("verified_on", "entry_verified_on", {
            type: "date",
            onInput: (event: Event) =>
              set("verified_on", (event.currentTarget as HTMLInputElement).value || null),
          })}
          <button type="button" onClick={() => set("verified_on", new Date().toISOString().slice(0, 10))}>
            {t("entry_today")}
          </button>
        </div>
      </Group>
      {ticked("paused", "entry_paused")}
      {ticked("affiliated", "entry_affiliated")}
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

/** A field's value as its list of choices writes it. */
function written(value: unknown): string {
  if (value === true) return "yes";
  if (value === false) return "no";
  return String(value ?? "");
}

function Group({ children }: { children: ComponentChildren }) {
  return <div class="fields">{children}</div>;
}

interface BoxesProps {
  field: string;
  label: string;
  options: [string, string][];
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

function Boxes({ field, label, options, chosen, onChange }: BoxesProps) {
  const toggle = (id: string, on: boolean) =>
    onChange(options.map(([one]) => one).filter((one) => (one === id ? on : chosen.includes(one))));
  return (
    <fieldset class="inline">
      <legend>{label}</legend>
      {options.map(([id, name], at) => (
        <label class="check" key={id}>
          <input
            type="checkbox"
            data-field={at === 0 ? field : undefined}
            checked={chosen.includes(id)}
            onChange={(event) => toggle(id, event.currentTarget.checked)}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
