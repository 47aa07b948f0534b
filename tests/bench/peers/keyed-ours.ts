/** The keyed case in our runtime: handlers that take 0 to 5 ms, in the order of their keys. */
import { setTimeout as sleep } from "node:timers/promises";
import { sleepMsAt } from "../seeded.ts";
import { keyedWorker } from "../workers.ts";
import { runOurs } from "./ours.ts";
import { stopwatch } from "./stopwatch.ts";
import { asked } from "./words.ts";

const words = asked();
const [topic, group] = [words.text("topic"), words.text("group")];
const watch = await stopwatch(words);
let sleptMs = 0;
const worker = keyedWorker(group, topic, words.number("concurrency"), async (offset) => {
  const begun = performance.now();
  const ms = sleepMsAt(offset);
  if (ms > 0) await sleep(ms);
  sleptMs += performance.now() - begun;
  watch.handled();
});
await runOurs(words, worker, async () => ({
  ...(await watch.finish()),
  more: { sleptSeconds: sleptMs / 1000 },
}));
