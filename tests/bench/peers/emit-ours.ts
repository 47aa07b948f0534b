/** The emit case in our runtime: one event out for each in, exactly once. */
import { emitWorker } from "../workers.ts";
import { runOurs } from "./ours.ts";
import { stopwatch } from "./stopwatch.ts";
import { asked } from "./words.ts";

const words = asked();
const [topic, group] = [words.text("topic"), words.text("group")];
const watch = await stopwatch(words);
await runOurs(
  words,
  emitWorker(group, topic, words.text("out"), () => watch.handled()),
  () => watch.finish(),
);
