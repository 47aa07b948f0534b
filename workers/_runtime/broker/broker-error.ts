import type Cluster from "kafkajs/src/cluster/index.js";

/** The broker's name of an error (`MESSAGE_TOO_LARGE`), or undefined for what isn't the broker's answer. */
export function errorType(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause)
    if ("type" in at && typeof at.type === "string") return at.type;
  return undefined;
}

export function errorCode(error: unknown): number | undefined {
  for (let at = error; at instanceof Error; at = at.cause)
    if ("code" in at && typeof at.code === "number") return at.code;
  return undefined;
}

/** Unknown error codes say nothing but their number, in the message. */
export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The coordinator moved, or isn't ready yet: find it again. */
const COORDINATOR_ERRORS: ReadonlySet<string> = new Set([
  "NOT_COORDINATOR_FOR_GROUP",
  "GROUP_COORDINATOR_NOT_AVAILABLE",
  "GROUP_LOAD_IN_PROGRESS",
  "BROKER_NOT_AVAILABLE",
]);

export function isCoordinatorMoved(error: unknown): boolean {
  return COORDINATOR_ERRORS.has(errorType(error) ?? "");
}

/** No answer came: connection refused, closed, timed out, or the broker is unknown to our metadata. */
export function isConnectionError(error: unknown): boolean {
  if (isBrokerAway(error)) return true;
  for (let at = error; at instanceof Error; at = at.cause)
    if ("code" in at && typeof at.code === "string" && at.code.startsWith("E")) return true;
  return false;
}

/** The same by kafkajs' own words alone: a file that can't be read has a code, too. */
export function isBrokerAway(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause)
    if (CONNECTION_ERRORS.has(at.name) || at.message === NOT_CONNECTED) return true;
  return false;
}

/** A plain Error of kafkajs: a broker that stopped answering was let go between two requests. */
const NOT_CONNECTED = "Broker not connected";

/** Why the broker won't have this user, by its own word; undefined: it isn't about who asks. */
export function refusedUser(error: unknown): string | undefined {
  const type = errorType(error);
  if (type?.endsWith("AUTHORIZATION_FAILED")) return type;
  for (let at = error; at instanceof Error; at = at.cause)
    if (at.name === "KafkaJSSASLAuthenticationError") return describe(at);
  return undefined;
}

const CONNECTION_ERRORS: ReadonlySet<string> = new Set([
  "KafkaJSConnectionError",
  "KafkaJSConnectionClosedError",
  "KafkaJSRequestTimeoutError",
  "KafkaJSBrokerNotFound",
  "KafkaJSLockTimeout",
  "KafkaJSMetadataNotLoaded",
  "KafkaJSTopicMetadataNotLoaded",
  "KafkaJSGroupCoordinatorNotFound",
  "KafkaJSNumberOfRetriesExceeded",
]);

/** Learns anew where everything is; failing is fine, the caller's next attempt will tell. */
export async function relearn(cluster: Cluster, error: unknown): Promise<void> {
  if (
    error instanceof Error &&
    "host" in error &&
    "port" in error &&
    typeof error.host === "string" &&
    typeof error.port === "number"
  )
    cluster.removeBroker({ host: error.host, port: error.port });
  try {
    if (!cluster.isConnected()) await cluster.connect();
    await cluster.refreshMetadata();
  } catch {
    // told by the next attempt
  }
}
