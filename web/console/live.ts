// The console's stream: sections of the board as they change. Network events drive the heartbeat too,
// because a browser slows down the timers of a hidden tab.
import { type Frame, frameReader } from "../shared/frames";

const QUIET = 25000;

export interface LiveOptions {
  frame(frame: Frame): void;
  /** Connected or not; `ended` when the session is over. */
  state(up: boolean, ended: boolean): void;
}

export class Live {
  private wakeUp = (): void => {};
  private stopped = false;
  private tries = 0;
  private abort = new AbortController();

  constructor(private readonly options: LiveOptions) {
    void this.run();
  }

  /** Try now: the network is back, or the tab is seen again. */
  wake(): void {
    this.tries = 0;
    this.wakeUp();
  }

  close(): void {
    this.stopped = true;
    this.abort.abort();
    this.wakeUp();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const ended = await this.read().catch(() => false);
      if (this.stopped) return;
      this.options.state(false, ended);
      if (ended) return;
      await this.rest();
    }
  }

  /** Longer after each try, with jitter, and cut short by `wake`. */
  private rest(): Promise<void> {
    const most = Math.min(8000, 300 * 2 ** this.tries++);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, most * (0.5 + Math.random() / 2));
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Reads until the link breaks; true when the session is over. */
  private async read(): Promise<boolean> {
    this.abort = new AbortController();
    let watchdog = 0;
    const heard = () => {
      clearTimeout(watchdog);
      watchdog = Number(setTimeout(() => this.abort.abort(), QUIET));
    };
    heard();
    try {
      const answer = await fetch("api/events", { signal: this.abort.signal, cache: "no-store" });
      if (answer.status === 401 || answer.status === 403) return true;
      if (!answer.ok || !answer.body) return false;
      this.options.state(true, false);
      const reader = answer.body.getReader();
      const decoder = new TextDecoder();
      const frames = frameReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return false;
        heard();
        this.tries = 0;
        for (const frame of frames(decoder.decode(value, { stream: true }))) {
          if (frame.event === "signed_out") return true;
          this.options.frame(frame);
        }
      }
    } finally {
      clearTimeout(watchdog);
    }
  }
}
