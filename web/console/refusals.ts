// What the server refused, in the counsellor's language where the sentence is known; else as it came.
import { Refusal } from "./api";
import { type Key, t } from "./strings";

/** How the server's sentences begin or end, and the words for them; a test holds them to the server's. */
const KNOWN: [RegExp, Key][] = [
  [/^login, password or code is wrong/, "no_sign_in"],
  [/^(?<name>.+) already has this conversation/, "no_taken"],
  [/^nobody is waiting in this conversation any more/, "no_waiting"],
  [/^you hold as much as is good for one person/, "no_room"],
  [/^you do not hold this conversation any more/, "gone"],
  [/^claim this conversation first/, "claim_first"],
  [/^somebody is taking care of this person already/, "no_callback"],
  [/^that counsellor is not there now/, "no_colleague"],
  [/^this code does not fit/, "no_code"],
  [/^a password has (?<least>\d+) to (?<most>\d+) characters/, "no_long_password"],
  [/^this password is easy to guess/, "no_easy_password"],
  [/^this link was used or is too old/, "no_link"],
  [/^this session is over/, "no_session"],
  [/^the console was locked because nobody used it/, "no_idle"],
  [/^this login is taken/, "no_login"],
  [/^your role does not allow this/, "no_role"],
  [/^cannot reach this person on this channel/, "no_reach"],
  [/^too many sign-ins at once/, "no_rush"],
];

/** Any failure as a sentence for the page. */
export function sentence(error: unknown): string {
  if (!(error instanceof Refusal)) return t("error");
  for (const [pattern, key] of KNOWN) {
    const found = pattern.exec(error.message);
    if (found) return t(key, found.groups);
  }
  return error.message;
}
