import { Command } from "commander";
import { down } from "./stack/down.ts";
import { logs } from "./stack/logs.ts";
import { env, status } from "./stack/status.ts";
import { up } from "./stack/up.ts";

export default new Command("stack")
  .description(
    "The local stack: real Kafka, schema registry (Apicurio), Redis and an SMTP catcher as child processes.\n" +
      "Needs Java >= 21 and, for the first download, Maven. What KAFKA_BROKERS, SCHEMA_REGISTRY_URL, REDIS_URL or\n" +
      "SMTP_URL name already is used as it is and not started.",
  )
  .addCommand(up)
  .addCommand(down)
  .addCommand(status)
  .addCommand(env)
  .addCommand(logs)
  .addHelpText(
    "after",
    `
Examples:
  $ npx boxoffice stack up                    in the foreground, until Ctrl-C
  $ npx boxoffice stack up --detach           in the background, until 'stack down'
  $ eval "$(npx boxoffice stack env)"         point this shell's commands at it
  $ npx boxoffice stack logs kafka --follow`,
  );
