import type { Job } from "../../workers/_letters/mod.ts";
import type { AtDesk } from "../desk/with-desk.ts";
import { pauseOrThrow } from "../pause-or-throw.ts";
import { hasEnded, jobLine } from "./job-text.ts";

const TERMINAL_EVERY_MS = 500;
const PLAIN_EVERY_MS = 1000;
/** Without a terminal, when nothing but figures changed. */
const TELL_EVERY_MS = 5000;

/**
 * Follows a job until it has ended; each look goes to `seen`, and without one to stderr: a line that changes on a
 * terminal, else a line when the phase changes, and now and then.
 * @throws what `desk.job` throws; the signal's reason
 */
export async function watchJob(
  { desk, call }: Pick<AtDesk, "desk" | "call">,
  plan: string,
  seen: (job: Job) => void = toStderr(),
): Promise<Job> {
  const everyMs = process.stderr.isTTY ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS;
  for (;;) {
    const job = await desk.job(plan, call);
    seen(job);
    if (hasEnded(job)) return job;
    await pauseOrThrow(everyMs, call.signal);
  }
}

function toStderr(stream: NodeJS.WriteStream = process.stderr): (job: Job) => void {
  let phase = "";
  let toldAt = 0;
  return (job) => {
    if (stream.isTTY) {
      stream.write(`\r${jobLine(job)}\x1b[K${hasEnded(job) ? "\n" : ""}`);
      return;
    }
    const now = performance.now();
    if (job.phase === phase && now - toldAt < TELL_EVERY_MS && !hasEnded(job)) return;
    phase = job.phase;
    toldAt = now;
    stream.write(`${jobLine(job)}\n`);
  };
}
