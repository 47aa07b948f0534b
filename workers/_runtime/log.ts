import { type DestinationStream, destination, type Logger, pino } from "pino";
import { tracing } from "./tracing.ts";

export interface LogOptions {
  /** Least level written: trace, debug, info, warn, error, fatal or silent. */
  readonly level: string;
  readonly worker: string;
  /** Version or commit, so that a line can be told from the one of the build before. */
  readonly build: string;
  /** @default stdout, which is where a worker's log belongs; commands log to stderr (`destination(2)`). */
  readonly to?: DestinationStream;
}

/**
 * Replaced wherever a line carries them, besides what errors carry (`errorFields`). A net, not the rule:
 * nothing secret is logged on purpose. Exact paths only: with wildcards a line costs ten times as much.
 */
const SECRET_NAMES = ["password", "token", "secret", "authorization", "clientSecret", "adminToken"];
const CARRIERS = [
  "",
  "headers.",
  "options.",
  "config.runtime.",
  "config.kafka.sasl.",
  "config.registry.auth.",
];
const REDACTED = CARRIERS.flatMap((carrier) => SECRET_NAMES.map((name) => `${carrier}${name}`));

/** Longest chain of causes written. */
const MAX_CAUSES = 4;

/**
 * What is written of an error: never all its own fields, since clients attach what they were called with (a
 * Redis error its command's arguments, an HTTP error its headers), which is people's data and passwords.
 */
export function errorFields(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { name, message, stack, cause } = error;
  const code = "code" in error && ["string", "number"].includes(typeof error.code) ? error.code : undefined;
  return {
    type: name,
    message,
    ...(code !== undefined && { code }),
    stack,
    ...(cause !== undefined && depth < MAX_CAUSES && { cause: errorFields(cause, depth + 1) }),
  };
}

/**
 * JSON lines, written synchronously: the last words before an exit are not lost, and no worker thread or
 * transport file is needed inside the single executable.
 */
export function createLog({ level, worker, build, to }: LogOptions): Logger {
  return pino(
    {
      level,
      base: { worker, build },
      timestamp: pino.stdTimeFunctions.isoTime,
      // What runs in a span says which.
      mixin: () => tracing()?.ids() ?? {},
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => errorFields(error) },
      redact: { paths: REDACTED, censor: "********" },
    },
    to ?? destination({ fd: 1, sync: true }),
  );
}
