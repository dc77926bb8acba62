// About a person or about oneself: earlier talks with consent, and a counsellor's own languages and skills.
import { useEffect, useState } from "preact/hooks";
import { get, post } from "./api";
import { Badge } from "./badge";
import { Buttons, dismiss } from "./dialogs";
import { attempt, me } from "./state";
import { channel, day, language, named, t } from "./strings";
import type { Earlier, Me } from "./types";

const LANGUAGES = ["en", "es"] as const;
const SKILLS = ["suicide", "overdose", "wounds", "treatment", "family", "youth"] as const;

export function EarlierTalks({ id }: { id: string }) {
  const [read, setRead] = useState<Earlier | null>(null);
  const look = () =>
    attempt(() => get<Earlier>(`/conversations/${id}/earlier`)).then((found) => found && setRead(found));
  useEffect(() => void look(), [id]);
  const agree = (given: boolean) =>
    void attempt(() => post(`/conversations/${id}/consent`, { given })).then(look);
  if (!read) return <p>{t("loading")}</p>;
  if (!read.consent)
    return (
      <>
        <p>{t("earlier_ask")}</p>
        <p class="buttons">
          <button type="button" class="main" onClick={() => agree(true)}>
            {t("earlier_yes")}
          </button>
        </p>
      </>
    );
  return (
    <>
      <p class="muted">
        {t("earlier_agreed", { day: day(read.consent) })}{" "}
        <button type="button" class="plain" onClick={() => agree(false)}>
          {t("earlier_no")}
        </button>
      </p>
      {!read.earlier.length && <p>{t("earlier_none")}</p>}
      <ul class="earlier">
        {read.earlier.map((one) => (
          <li key={one.at}>
            <p>
              <b>{day(one.at)}</b> · {channel(one.channel)} · {language(one.language)}{" "}
              {one.level && <Badge level={one.level} />}
            </p>
            {one.ended.length > 0 && (
              <p class="muted">{one.ended.map((reason) => named("end_", reason, "end_open")).join(" · ")}</p>
            )}
            {one.notes.map((note) => (
              <p key={note.at} class="text">
                {note.text} <span class="muted">({note.by})</span>
              </p>
            ))}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Boxes for the languages somebody writes and what they know much about. */
export function Able({ person }: { person: Me }) {
  const boxes = (name: string, all: readonly string[], kept: string, word: (one: string) => string) =>
    all.map((one) => (
      <label key={one} class="check">
        <input type="checkbox" name={name} value={one} checked={kept.split(",").includes(one)} /> {word(one)}
      </label>
    ));
  return (
    <>
      <fieldset class="inline">
        <legend>{t("profile_languages")}</legend>
        {boxes("language", LANGUAGES, person.languages, language)}
      </fieldset>
      <fieldset class="inline">
        <legend>{t("profile_skills")}</legend>
        {boxes("skill", SKILLS, person.skills, (one) => named("skill_", one, "topic_other"))}
      </fieldset>
    </>
  );
}

export function Profile() {
  const person = me.value;
  if (!person) return null;
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const body = { languages: data.getAll("language").join(","), skills: data.getAll("skill").join(",") };
    const changed = await attempt(() => post<Me>("/me", body));
    if (!changed) return;
    me.value = changed;
    dismiss();
  }
  return (
    <form onSubmit={submit}>
      <Able person={person} />
      <Buttons act={t("save")} />
    </form>
  );
}
