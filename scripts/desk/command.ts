import { Command } from "commander";

/**
 * A command that works at a desk: here, by Kafka and Redis, or at a console far away. The first clause of its
 * description is its line in the list of commands.
 */
export function deskCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .summary(description.split(/[.:;](?:\s|$)/, 1).join())
    .option("--remote <url>", "work at this console instead of Kafka and Redis")
    .option("--token <token>", "for --remote (else BOXOFFICE_TOKEN)")
    .option("--as <who>", "who you are, for the audit trail (else BOXOFFICE_OPERATOR, else user@host)");
}

/** Adds `--json` and, for what is a list, `--ndjson`. */
export function withJson(command: Command, { lines = false } = {}): Command {
  command.option("--json", "as one JSON document");
  if (lines) command.option("--ndjson", "as JSON, one a line");
  return command;
}

/** Adds what everything that changes a state needs. */
export function withReason(command: Command): Command {
  return command
    .option("--reason <text>", "why, for the audit trail; asked for at a terminal")
    .option("-y, --yes", "don't ask; needed without a terminal");
}

export interface JsonOptions {
  readonly json?: true;
  readonly ndjson?: true;
}
