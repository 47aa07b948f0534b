/** The consume case in our runtime: a handler that does nothing, as its worker's author would write it. */
import { consumeWorker } from "../workers.ts";
import { runOurs } from "./ours.ts";
import { stopwatch } from "./stopwatch.ts";
import { asked } from "./words.ts";

const words = asked();
const [topic, group] = [words.text("topic"), words.text("group")];
const watch = await stopwatch(words);
// A handler without a promise is through when it returns; most await something, if only sometimes.
const handle = words.text("handler") === "async" ? async () => watch.handled() : () => watch.handled();
await runOurs(words, consumeWorker(group, topic, handle), () => watch.finish());
