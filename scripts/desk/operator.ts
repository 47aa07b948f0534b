import { hostname, userInfo } from "node:os";
import { UsageError } from "../../workers/_runtime/mod.ts";

/** Longest name kept in the audit trail, characters. */
const LONGEST = 200;

/**
 * Who stands behind a command, for the audit trail: what `--as` says, else BOXOFFICE_OPERATOR, else user@host. A name
 * is a statement, not a proof: only the console's API authenticates.
 * @throws {UsageError} for a name that is empty, too long or not one line
 */
export function operatorName(as: string | undefined, environment: Readonly<NodeJS.ProcessEnv>): string {
  const given = as ?? (environment.BOXOFFICE_OPERATOR || undefined);
  if (given === undefined) return systemName();
  const name = given.trim();
  if (name === "" || name.length > LONGEST || /\p{Cc}/u.test(name))
    throw new UsageError(
      `Cannot act as '${cutName(given)}': write who you are in one line of 1 to ${LONGEST} characters`,
    );
  return name;
}

function systemName(): string {
  return `${userName()}@${hostname()}`;
}

/** A container's user may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

function cutName(name: string): string {
  return JSON.stringify(name.slice(0, 40)).slice(1, -1);
}
