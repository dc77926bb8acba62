// Reads text/event-stream as our gateway writes it (line ends are \n, data is one line of JSON): text in any pieces -> frames.

export interface Frame {
  /** Place in the conversation's append-only log; 0 when the frame is not stored (typing). */
  id: number;
  event: string;
  data: unknown;
}

/** A reader that keeps the unfinished rest between calls. Comments and frames without data are left out; bad JSON throws. */
export function frameReader(): (text: string) => Frame[] {
  let rest = "";
  return (text) => {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop() ?? "";
    return blocks.map(toFrame).filter((frame) => frame.data);
  };
}

function toFrame(block: string): Frame {
  const field = (name: string) => RegExp(`^${name}: (.*)`, "m").exec(block)?.[1] ?? "";
  const data = field("data");
  return { id: Number(field("id")), event: field("event"), data: data && JSON.parse(data) };
}
