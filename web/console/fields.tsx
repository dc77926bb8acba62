// Fields of a form over one entry of the directory: each has its name, and says when it was refused.
import { useState } from "preact/hooks";
import { type Key, t } from "./strings";

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

/** What every field needs: the entry as typed so far, how to change it, which field was refused. */
export interface Draft {
  now: Entry;
  set: (field: string, value: unknown) => void;
  wrong: string;
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value : []);
const parted = (text: string): string[] =>
  text
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter(Boolean);
const number = (text: string): number | null => (text.trim() ? Number(text) : null);

interface FieldProps {
  draft: Draft;
  field: string;
  label: Key;
}
type TextProps = FieldProps & {
  shown?: string;
  onText?: (said: string) => void;
  [more: string]: unknown;
};

export function Text({ draft, field, label, shown, onText, ...more }: TextProps) {
  const refused = draft.wrong.startsWith(`${field}:`) || draft.wrong.includes(`; ${field}:`);
  const told = onText ?? ((said: string) => draft.set(field, said));
  return (
    <label>
      {t(label)}
      <input
        data-field={field}
        value={shown ?? String(draft.now[field] ?? "")}
        aria-invalid={refused}
        aria-describedby={refused ? "entry-wrong" : undefined}
        onInput={(event) => told(event.currentTarget.value)}
        {...more}
      />
    </label>
  );
}

/** Several codes in one line; what is typed stays as it is typed. */
export function Codes({ draft, field, label }: FieldProps) {
  const [typed, setTyped] = useState(list(draft.now[field]).join(", "));
  const keep = (said: string) => {
    setTyped(said);
    draft.set(field, parted(said));
  };
  return <Text draft={draft} field={field} label={label} shown={typed} onText={keep} required />;
}

export function Amount({ draft, field, label, max }: FieldProps & { max: number }) {
  const keep = (said: string) => draft.set(field, number(said));
  return <Text draft={draft} field={field} label={label} type="number" min={0} max={max} onText={keep} />;
}

type PickedProps = FieldProps & { options: [string, Key][]; read: (value: string) => unknown };

export function Picked({ draft, field, label, options, read }: PickedProps) {
  return (
    <label>
      {t(label)}
      <select
        data-field={field}
        value={written(draft.now[field])}
        onChange={(event) => draft.set(field, read(event.currentTarget.value))}
      >
        {options.map(([value, name]) => (
          <option key={value} value={value}>
            {t(name)}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Ticked({ draft, field, label }: FieldProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        data-field={field}
        checked={Boolean(draft.now[field])}
        onChange={(event) => draft.set(field, event.currentTarget.checked)}
      />
      {t(label)}
    </label>
  );
}

/** A field's value as its list of choices writes it. */
function written(value: unknown): string {
  if (value === true) return "yes";
  if (value === false) return "no";
  return String(value ?? "");
}

export function Boxes({ draft, field, label, options }: FieldProps & { options: [string, string][] }) {
  const chosen = list(draft.now[field]);
  const toggle = (id: string, on: boolean) =>
    draft.set(
      field,
      options.map(([one]) => one).filter((one) => (one === id ? on : chosen.includes(one))),
    );
  return (
    <fieldset class="inline">
      <legend>{t(label)}</legend>
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
