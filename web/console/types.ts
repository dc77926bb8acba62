// What the console's API sends; see bot/console/board.py and reading.py.

export type Level = "P0" | "P1" | "P2" | "P3";

export interface Me {
  id: string;
  login: string;
  name: string;
  role: "counsellor" | "supervisor" | "editor" | "administrator";
  available: boolean;
  languages: string;
  skills: string;
  longest?: number;
}

/** A row of a list: waiting, own, or a colleague's. */
export interface Row {
  id: string;
  channel: string;
  language: string;
  risk: Level | null;
  protocol: string | null;
  event: number;
  wrote_at: string | null;
  level: Level;
  reason: string;
  since: string;
  /** Skills that a counsellor should have; what was seen of a danger, newest first, and when. */
  needs?: string[];
  seen?: string[];
  seen_at?: string;
  released?: number;
  who?: string | null;
  by?: string;
  invited?: string | null;
  flagged?: boolean;
  notes?: number;
}

export interface Health {
  waiting: number;
  oldest: string | null;
  held: number;
  online: number;
  supervisors: number;
  high_risk: number;
  wait_minutes: number | null;
}

export interface Alert {
  id: string;
  kind: string;
  level: Level | null;
  conversation: string | null;
  at: string;
}

export interface Colleague {
  id: string;
  name: string;
  role: string;
  languages: string;
  skills: string;
  load: number;
  capacity: number;
}

export interface Callback {
  id: string;
  conversation: string;
  level: Level;
  reason: string;
  at: string;
  language: string;
  channel: string;
  unreachable: string | null;
}

/** What earlier counsellors noted about the same person, once they agreed. */
export interface Earlier {
  consent: string | null;
  earlier: {
    at: string;
    channel: string;
    language: string;
    level: Level | null;
    ended: string[];
    notes: { by: string; at: string; text: string }[];
  }[];
}

export interface Board {
  queue: Row[];
  mine: Row[];
  held: Row[];
  health: Health | null;
  team: Colleague[];
  alerts: Alert[];
  callbacks: Callback[];
}

export interface Message {
  id: string;
  seq: number;
  author: "contact" | "bot" | "safety" | "notice" | "counsellor";
  text: string;
  lang: string;
  at: string;
  fate?: string;
  failure?: string;
  level?: Level;
  choice?: boolean;
  name?: string;
  title?: string;
  choices?: string[];
}

export interface Note {
  id: string;
  kind: "note" | "whisper" | "case" | "access";
  by: string;
  at: string;
  text?: string;
  reason?: string;
  topics?: string[];
  steps?: string[];
}

export interface Quote {
  message: string;
  seq: number;
  why: "first" | "risk" | "last";
  quote: string;
}

export interface Head {
  id: string;
  channel: string;
  language: string;
  country: string | null;
  holder: string;
  mine: boolean;
  who: string | null;
  reason: string | null;
  level: Level | null;
  risk: Level | null;
  protocol: string | null;
  topic: string | null;
  flagged: boolean;
  invited: { name: string; me: boolean } | null;
  unreachable: string | null;
}

export interface Opened {
  head: Head;
  messages: Message[];
  notes: Note[];
  summary?: Quote[];
  /** Answers of a search for a therapist, where the person ticked that staff may see them. */
  answers?: string[];
  fates?: Record<string, string>;
  event: number;
}

export interface Passage {
  id: string;
  title: string;
  text: string;
  reviewed: string | null;
}

export interface Prepared {
  id: string;
  group: Record<string, string>;
  title: Record<string, string>;
  text: Record<string, string>;
  reviewed: string;
}

export interface Protocol {
  id: string;
  title: string;
  steps: { id: string; say: string; options: string[] }[];
  all: { id: string; title: string; level: Level | null }[];
  numbers: { name: string; say: string; emergency: boolean }[];
}
