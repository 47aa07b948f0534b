import { Presets, SingleBar } from "cli-progress";

/** Says how far a slow step is, on stderr: a bar on a terminal, else a line now and then. */
export interface Progress {
  step(): void;
  done(): void;
}

/** Starts one. `total` may be wrong: the bar then stops short of its end or stays there. */
export function progress(title: string, total: number): Progress {
  return process.stderr.isTTY ? bar(title, total) : lines(title, total);
}

function bar(title: string, total: number): Progress {
  const bar = new SingleBar(
    { format: `${title} [{bar}] {percentage}%`, stream: process.stderr, hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  let at = 0;
  return {
    step() {
      at += 1;
      bar.update(Math.min(at, total - 1));
    },
    done() {
      bar.update(total);
      bar.stop();
    },
  };
}

function lines(title: string, total: number): Progress {
  process.stderr.write(`${title} …\n`);
  const every = Math.ceil(total / 4);
  let at = 0;
  return {
    step() {
      at += 1;
      if (at % every === 0 && at < total) {
        process.stderr.write(`${title} ${Math.round((100 * at) / total)} %\n`);
      }
    },
    done() {},
  };
}
