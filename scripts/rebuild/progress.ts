import { Presets, SingleBar } from "cli-progress";

/** How far a rebuild is, on stderr: a bar on a terminal, else one line a step. */
export interface RebuildProgress {
  at(phase: string, done: number, total: number): void;
  end(): void;
}

export function showProgress(title: string): RebuildProgress {
  let last = "";
  if (!process.stderr.isTTY)
    return {
      at(phase) {
        if (phase !== last) process.stderr.write(`${title}: ${phase}\n`);
        last = phase;
      },
      end() {},
    };
  const bar = new SingleBar(
    { format: `${title} {phase} [{bar}] {value}/{total}`, stream: process.stderr, hideCursor: true },
    Presets.shades_classic,
  );
  return {
    at(phase, done, total) {
      if (last === "") bar.start(total, done, { phase });
      last = phase;
      bar.setTotal(Math.round(total));
      bar.update(Math.round(done), { phase });
    },
    end() {
      if (last !== "") bar.stop();
    },
  };
}
