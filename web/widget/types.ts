// What the gateway's event log holds, as the widget reads it.

export interface Choice {
  id: string;
  label: string;
  /** What the widget carries out by itself. */
  does?: "quick_exit";
}

export interface Message {
  id: string;
  author: "contact" | "bot" | "safety" | "notice" | "counsellor";
  name?: string;
  text: string;
  lang?: string;
  at?: string;
  /** Idempotency key of a message that the person sent. */
  key?: string;
  title?: string;
  reviewed?: { by?: string; on?: string | null };
  sources?: { title: string; url: string }[];
  choices?: Choice[];
  progress?: { at: number; of: number };
  feedback?: boolean;
}

export interface State {
  holder: "bot" | "requested" | "claimed" | "closed";
  name?: string;
  place?: number;
  wait_minutes?: number;
  risk?: boolean;
}

export interface Typing {
  who: "bot" | "counsellor";
  on: boolean;
}
