import type { Tally } from "./tally.ts";

const TERMINAL_EVERY_MS = 200;
const PLAIN_EVERY_MS = 5_000;

/** Shows on stderr how far the load is: one line that changes on a terminal, a plain line now and then without. */
export function showProgress(tally: Tally, stream: NodeJS.WriteStream = process.stderr): { stop(): void } {
  const started = performance.now();
  const line = () => progressLine(tally, (performance.now() - started) / 1000);
  const timer = setInterval(
    () => stream.write(stream.isTTY ? `\r${line()}\x1b[K` : `${line()}\n`),
    stream.isTTY ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS,
  );
  return {
    stop() {
      clearInterval(timer);
      stream.write(stream.isTTY ? `\r${line()}\x1b[K\n` : `${line()}\n`);
    },
  };
}

export function progressLine({ counts, fromIntended }: Tally, seconds: number): string {
  const { sent, accepted, soldOut, cancelled, sown, unavailable, throttled, lost } = counts;
  const again = unavailable + throttled + lost;
  return `${seconds.toFixed(0).padStart(3)} s  ${sent} sent  ${accepted} accepted  ${soldOut} found no seats  ${cancelled} cancelled  ${sown} sown  ${again} asked again  p99 ${fromIntended.percentile(99).toFixed(0)} ms`;
}
