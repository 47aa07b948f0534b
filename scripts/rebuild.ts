import { Command } from "commander";
import { seats } from "./rebuild/seats.ts";

export default new Command("rebuild")
  .description("Makes again from the log what is kept beside it.")
  .addCommand(seats)
  .addHelpText(
    "after",
    `
Examples:
  $ npx boxoffice rebuild seats            close the seat map, build it from the log, open it
  $ npx boxoffice rebuild seats --check    only compare it with the log

Exit codes: 0 open again, or equal; 1 another process is rebuilding it, the log sold a seat twice, or --check
            found differences; 2 configuration; 3 Kafka, the schema registry or Redis can't be reached`,
  );
