// Decides whether a server that ended is worth starting again.

const kMaxCrashes = 4;
const kWindowMs = 3 * 60 * 1000;

/** Gives up at the fifth crash in three minutes. */
export class CrashCounter {
  #crashesMs: number[] = [];

  /** Notes a crash at `nowMs`; returns whether to start again. */
  mayRestart(nowMs: number): boolean {
    this.#crashesMs = this.#crashesMs.filter((crashMs) => nowMs - crashMs < kWindowMs);
    this.#crashesMs.push(nowMs);
    return this.#crashesMs.length <= kMaxCrashes;
  }
}
