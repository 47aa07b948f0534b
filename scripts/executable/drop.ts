import { syncBuiltinESMExports } from "node:module";
import v8 from "node:v8";
import type { Permissions } from "./permissions.ts";

/** The build's constant (`scripts/build/bundle.ts`): every variable that names a file with a secret. */
declare const BUNDLED_SECRET_FILES: readonly string[];

/** Node's names, as far as the executable is ever granted them (`scripts/build/grants.ts`). */
type Scope = "fs.read" | "fs.write" | "child";

/** The executable's own command line grants nothing of these; named so that a Node with other defaults is noticed. */
const NEVER = ["worker", "inspector", "addon", "wasi", "ffi"] as const;

/**
 * Gives up, for the rest of the process, all that the command doesn't need. Does nothing in a checkout, where Node
 * reads sources as they are called and was granted everything.
 * @throws {Error} when something is still permitted afterwards
 */
export function keepOnly(
  { read = false, write = false, child = false }: Permissions,
  environment: NodeJS.ProcessEnv,
): void {
  if (!granted()) return;
  const reads = read === "secrets" ? namesSecretFile(environment) : read !== false;
  if (!reads) give("fs.read");
  if (!write) give("fs.write");
  if (child) keepFlagsFromChildren();
  else give("child");
  for (const scope of NEVER) if (process.permission.has(scope)) throw stillPermitted(scope);
  lockFlags();
}

/** For a command that reads files at its start only: from here on it can't. Does nothing in a checkout. */
export function dropReading(): void {
  if (granted()) give("fs.read");
}

/** Whether this process runs under Node's permission model at all; its types say it always does. */
function granted(): boolean {
  return process.permission !== undefined;
}

/** Dropping a name that Node doesn't know succeeds silently: so look. */
function give(scope: Scope): void {
  process.permission.drop(scope);
  if (process.permission.has(scope)) throw stillPermitted(scope);
}

function stillPermitted(scope: string): Error {
  return new Error(`Cannot give up the permission '${scope}': this Node still grants it`);
}

function namesSecretFile(environment: NodeJS.ProcessEnv): boolean {
  // Others' names end like this, too (`SSL_CERT_FILE`), and would be a reason to keep reading everywhere.
  return BUNDLED_SECRET_FILES.some((name) => (environment[name] ?? "") !== "");
}

/**
 * Node hands its permission flags on to every child in NODE_OPTIONS. A child may do more than this process anyway, and
 * an editor or formatter that runs on an older Node would end at once: that one refuses them there.
 */
function keepFlagsFromChildren(): void {
  process.execArgv.length = 0;
}

/** V8 has flags that write files (`--logfile`), and asks nobody. */
function lockFlags(): void {
  v8.setFlagsFromString = (flags: string) => {
    throw new Error(`Cannot set V8's flag '${flags}': this process gave up changing them`);
  };
  // Else `import { setFlagsFromString } from "node:v8"` would still find the old one.
  syncBuiltinESMExports();
}
