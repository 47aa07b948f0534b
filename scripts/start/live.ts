const PLAIN_EVERY_MS = 5_000;

/** Tells a person what happens: a line that changes on a terminal; plain lines, and fewer, without one. */
export interface Live {
  /** One more line, for good. */
  say(text: string): void;
  /** How it stands now; replaces what was shown before. */
  show(text: string): void;
  /** Leaves what is shown standing. */
  end(): void;
}

export function liveLine(stream: NodeJS.WriteStream = process.stderr): Live {
  const started = performance.now();
  const clock = () => `${Math.floor((performance.now() - started) / 1000)} s`.padStart(5);
  let shown = "";
  let shownAt = Number.NEGATIVE_INFINITY;
  const fit = (text: string) => text.slice(0, Math.max(20, (stream.columns ?? 200) - 1));
  return {
    say(text) {
      stream.write(`${shown === "" ? "" : "\r\x1b[K"}${clock()}  ${text}\n`);
      if (shown !== "") stream.write(shown);
    },
    show(text) {
      if (stream.isTTY) {
        shown = fit(`${clock()}  ${text}`);
        stream.write(`\r\x1b[K${shown}`);
        return;
      }
      if (performance.now() - shownAt < PLAIN_EVERY_MS) return;
      shownAt = performance.now();
      stream.write(`${clock()}  ${text}\n`);
    },
    end() {
      if (shown !== "") stream.write("\n");
      shown = "";
    },
  };
}
