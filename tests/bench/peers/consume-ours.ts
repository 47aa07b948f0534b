/** The consume case in our runtime: a handler that does nothing, as its worker's author would write it. */
import { consumeWorker } from "../workers.ts";
import { runOurs } from "./ours.ts";
import { stopwatch } from "./stopwatch.ts";
import { asked } from "./words.ts";

const words = asked();
const [topic, group] = [words.text("topic"), words.text("group")];
const watch = await stopwatch(words);
await runOurs(
  words,
  consumeWorker(group, topic, () => watch.handled()),
  () => watch.finish(),
);
