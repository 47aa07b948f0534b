import { Command } from "commander";
import { asyncapi } from "./schemas/asyncapi.ts";
import { check } from "./schemas/check.ts";
import { diff } from "./schemas/diff.ts";
import { drift } from "./schemas/drift.ts";
import { lint } from "./schemas/lint.ts";
import { pull } from "./schemas/pull.ts";
import { register } from "./schemas/register.ts";
import { types } from "./schemas/types.ts";

export default new Command("schemas")
  .description("The fleet's Avro schemas: schemas/*.avsc, carried by the topics of schemas/topics.ts.")
  .addCommand(check)
  .addCommand(diff)
  .addCommand(lint)
  .addCommand(drift)
  .addCommand(pull)
  .addCommand(register)
  .addCommand(asyncapi)
  .addCommand(types)
  .addHelpText(
    "after",
    `
Examples:
  $ npx boxoffice schemas check                  who breaks by what was changed here
  $ npx boxoffice schemas diff                   what was changed, breaking or not
  $ npx boxoffice schemas register --dry-run     what would be registered
  $ npx boxoffice schemas types                  after a change of schemas/*.avsc`,
  );
