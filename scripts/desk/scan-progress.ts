import { Presets, SingleBar } from "cli-progress";
import type { Call } from "../../workers/_letters/mod.ts";

export interface ScanProgress {
  readonly progress: NonNullable<Call["progress"]>;
  end(): void;
}

/** Without a terminal a step is told once, and again this often. */
const PLAIN_EVERY_MS = 5_000;
/** What takes less isn't worth a bar. */
const QUIET_MS = 300;

/** How far a desk's call is, on stderr: a bar on a terminal, plain lines without one; nothing for what is quick. */
export function scanProgress(
  stream: NodeJS.WriteStream = process.stderr,
  clock: () => number = () => performance.now(),
): ScanProgress {
  return stream.isTTY ? bar(stream, clock) : lines(stream, clock);
}

function bar(stream: NodeJS.WriteStream, clock: () => number): ScanProgress {
  const started = clock();
  let shown: SingleBar | undefined;
  return {
    progress(step, done, of) {
      if (shown === undefined && clock() - started < QUIET_MS) return;
      if (shown === undefined) {
        shown = new SingleBar(
          { format: "{step} [{bar}] {value}{of}", stream, hideCursor: true, clearOnComplete: true },
          Presets.shades_classic,
        );
        shown.start(1, 0, { step, of: "" });
      }
      shown.setTotal(Math.max(1, Math.round(of ?? done + 1)));
      shown.update(Math.round(done), { step, of: of === undefined ? "" : `/${Math.round(of)}` });
    },
    end() {
      // Kept at its last value, a bar that was cleared looks as if nothing had been read.
      shown?.stop();
    },
  };
}

function lines(stream: NodeJS.WriteStream, clock: () => number): ScanProgress {
  let last = "";
  let toldAt = clock();
  const started = toldAt;
  return {
    progress(step, done, of) {
      const now = clock();
      if (now - started < QUIET_MS || (step === last && now - toldAt < PLAIN_EVERY_MS)) return;
      last = step;
      toldAt = now;
      stream.write(`${step}: ${Math.round(done)}${of === undefined ? "" : ` of ${Math.round(of)}`}\n`);
    },
    end() {},
  };
}
