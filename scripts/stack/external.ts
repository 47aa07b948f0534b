import { once } from "node:events";
import { connect } from "node:net";
import { Unavailable } from "../../workers/_runtime/errors.ts";

/** The parts of a stack. */
export const SERVICES = ["kafka", "registry", "redis", "smtp"] as const;
export type ServiceName = (typeof SERVICES)[number];

/** The variable that points at each, for workers and for a user who runs one already. */
export const VARIABLES: Readonly<Record<ServiceName, string>> = {
  kafka: "KAFKA_BROKERS",
  registry: "SCHEMA_REGISTRY_URL",
  redis: "REDIS_URL",
  smtp: "SMTP_URL",
};

const REACH_MS = 5_000;

/** What the environment names already: these aren't started. */
export function givenByEnvironment(
  env: NodeJS.ProcessEnv = process.env,
): Partial<Record<ServiceName, string>> {
  const given = SERVICES.map((name) => [name, env[VARIABLES[name]]] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== ""));
}

/**
 * Opens a connection to a service that runs elsewhere; of several brokers, one is enough.
 *
 * @throws {Unavailable} If nobody answers; the message names the variable.
 */
export async function checkReachable(name: ServiceName, value: string, signal: AbortSignal): Promise<void> {
  const places = name === "kafka" ? value.split(",").map((each) => `kafka://${each.trim()}`) : [value];
  const tries = places.map(async (place) => {
    const { hostname, port, protocol } = new URL(place);
    const host = hostname.replace(/^\[|\]$/g, "");
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(REACH_MS)]);
    const socket = connect({ host, port: Number(port) || DEFAULT_PORTS[protocol] || 9092, signal: deadline });
    try {
      await once(socket, "connect", { signal: deadline });
    } finally {
      socket.on("error", () => {}).destroy();
    }
  });
  try {
    await Promise.any(tries);
  } catch (error) {
    const cause = error instanceof AggregateError ? error.errors[0] : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Unavailable(
      name,
      `Cannot reach ${VARIABLES[name]}=${value}: ${reason}; start it or unset the variable`,
      {
        cause,
      },
    );
  }
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  "kafka:": 9092,
  "http:": 80,
  "https:": 443,
  "redis:": 6379,
  "rediss:": 6379,
  "smtp:": 25,
  "smtps:": 465,
};
