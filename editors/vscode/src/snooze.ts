// Silence for a while, which ends by itself.

/** What tells the time; a test's own does so at once. */
export interface Clock {
  nowMs(): number;
  /** Calls `then` after `delayMs`, unless the function that is returned is called before. */
  wait(delayMs: number, then: () => void): () => void;
}

export const kClock: Clock = {
  nowMs: Date.now,
  wait: (delayMs, then) => {
    const timer = setTimeout(then, delayMs);
    return () => clearTimeout(timer);
  },
};

/** While it lasts, suggestions come only when asked for. */
export class Snooze {
  readonly #clock: Clock;
  readonly #changed: () => void;
  #untilMs: number | undefined;
  #forget: () => void = () => undefined;

  /** `changed` is called at each beginning and end. */
  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  get untilMs(): number | undefined {
    return this.#untilMs;
  }

  /** Begins one, in the place of one that lasts. */
  start(minutes: number): void {
    this.#forget();
    const lengthMs = minutes * 60_000;
    this.#untilMs = this.#clock.nowMs() + lengthMs;
    this.#forget = this.#clock.wait(lengthMs, () => this.end());
    this.#changed();
  }

  end(): void {
    this.#forget();
    if (this.#untilMs === undefined) return;
    this.#untilMs = undefined;
    this.#changed();
  }
}
