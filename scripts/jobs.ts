import { Command } from "commander";
import { list } from "./jobs/list.ts";
import { cancel, pause, resume, throttle } from "./jobs/order.ts";
import { results } from "./jobs/results.ts";
import { show } from "./jobs/show.ts";
import { watch } from "./jobs/watch.ts";

const jobs = new Command("jobs").description(
  "Replays that were started (dlq replay): a job is named by its plan, and ends once each of its letters has an outcome.",
);
for (const command of [list, show, watch, pause, resume, throttle, cancel, results]) jobs.addCommand(command);

export default jobs.addHelpText(
  "after",
  `
Examples:
  $ npx boxoffice jobs list --running
  $ npx boxoffice jobs throttle PLAN --rate 200 --reason 'the gateway is slow'
  $ npx boxoffice jobs results PLAN --result dead-again

Exit codes: 0 fine; 1 the answer is no; 2 usage or configuration; 3 Kafka or the console can't be reached; 70 a bug`,
);
