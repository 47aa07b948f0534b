import { CommanderError } from "commander";
import { NotAllowed, type RefusalCode, Refused } from "../workers/_letters/failures.ts";
import { isBrokerAway, refusedUser } from "../workers/_runtime/broker/broker-error.ts";
import { UsageError } from "../workers/_runtime/errors.ts";
import { printableLines } from "./desk/printable.ts";
import { Unanswered } from "./question.ts";

/** How a command ended that threw: the process's exit code and what is printed on stderr. */
export interface Failure {
  readonly code: 0 | 1 | 2 | 3 | 70;
  /** Empty when it has been printed already. */
  readonly message: string;
}

/** Maps what a command threw to the documented exit codes: a user's mistake has no stack, a bug has. */
export function failure(error: unknown): Failure {
  const { code, message } = failed(error);
  // It may quote a record, a file or a console far away.
  return { code, message: printableLines(message) };
}

function failed(error: unknown): Failure {
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? 0 : 2, message: "" };
  if (!(error instanceof Error)) return { code: 70, message: `boxoffice: a bug: thrown ${String(error)}` };
  if (error instanceof UsageError) return { code: 2, message: `boxoffice: ${error.message}` };
  if (error instanceof Refused)
    return { code: MALFORMED.has(error.code) ? 2 : 1, message: `boxoffice: ${error.message}` };
  if (error instanceof NotAllowed || error instanceof Unanswered)
    return { code: 1, message: `boxoffice: ${error.message}` };
  if (unreachable(error)) return { code: 3, message: `boxoffice: ${error.message || "could not connect"}` };
  if (isBrokerAway(error)) return { code: 3, message: `boxoffice: Cannot reach Kafka: ${error.message}` };
  const refused = refusedUser(error);
  if (refused !== undefined)
    return {
      code: 2,
      message: `boxoffice: Kafka doesn't let this user do that (${refused}): check KAFKA_SASL_USERNAME, its password and its ACLs`,
    };
  return { code: 70, message: `boxoffice: a bug: ${error.stack ?? error.message}` };
}

/** Refusals of what was typed; the others are answers. */
const MALFORMED: ReadonlySet<RefusalCode> = new Set(["invalid-filter", "invalid-edit"]);

const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENOTFOUND",
  "ETIMEDOUT",
  "EAI_AGAIN",
]);

function unreachable(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 8) return false;
  if (error.name === "Unavailable") return true;
  if ("code" in error && typeof error.code === "string" && UNREACHABLE.has(error.code)) return true;
  if (error instanceof AggregateError && error.errors.some((each) => unreachable(each, depth + 1)))
    return true;
  return unreachable(error.cause, depth + 1);
}
