/** What a command may do beside opening sockets, which every command may. Workers, addons, WASI, FFI and the inspector: none. */
export interface Permissions {
  /**
   * Files that it reads. `"secrets"`: only those that the environment names (`<NAME>_FILE`); kept when there is such a
   * variable. `"start"`: until its configuration is read, then given up by `dropReading()`.
   * @default false
   */
  readonly read?: boolean | "secrets" | "start";
  /** @default false */
  readonly write?: boolean;
  /** Starting processes. @default false */
  readonly child?: boolean;
}

const SECRETS: Permissions = { read: "secrets" };
const FILES_IN: Permissions = { read: true };
const FILES: Permissions = { read: true, write: true };
const ALL: Permissions = { read: true, write: true, child: true };

/**
 * By command. An entry for a whole command stands for all of its own commands that have none; what is not here may only
 * open sockets. Why: docs/executable.md.
 */
export const PERMISSIONS: Readonly<Record<string, Permissions>> = {
  start: ALL,
  load: FILES,
  invariants: FILES_IN,
  run: { read: "start" },
  stack: ALL,
  schemas: ALL,
  "schemas register": SECRETS,
  catcher: FILES,
  config: SECRETS,
  topics: SECRETS,
  workers: SECRETS,
  partitions: SECRETS,
  dlq: SECRETS,
  "dlq edit": ALL,
  "dlq export": FILES,
  "dlq import": FILES_IN,
  jobs: SECRETS,
  metrics: FILES,
  monitoring: {},
  k8s: FILES,
  "k8s check": { read: true, child: true },
  gateway: FILES,
  concerts: SECRETS,
  "concerts apply": FILES_IN,
  rebuild: SECRETS,
  customers: SECRETS,
};

/** What the command line asks for; nothing when its first words are options or no command of ours. */
export function permissionsFor(args: readonly string[]): Permissions {
  const end = args.findIndex((word) => word.startsWith("-"));
  const words = end === -1 ? args : args.slice(0, end);
  // Help says what the command would do, and does none of it.
  if (args.includes("--help") || args.includes("-h")) return {};
  const whole = Object.hasOwn(PERMISSIONS, words[0] ?? "") ? PERMISSIONS[words[0] ?? ""] : undefined;
  const name = words.slice(0, 2).join(" ");
  return (Object.hasOwn(PERMISSIONS, name) ? PERMISSIONS[name] : whole) ?? {};
}
