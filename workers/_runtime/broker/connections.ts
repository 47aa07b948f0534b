import net from "node:net";
import tls from "node:tls";
import Cluster from "kafkajs/src/cluster/index.js";
import type { InternalLogger } from "kafkajs/src/loggers/index.js";
import type { KafkaConfig } from "../config-shape.ts";
import { hostOf, splittable } from "./ipv6-address.ts";
import "./kafkajs-patches.ts";
import { saslOptions } from "./sasl.ts";

export type Isolation = "read committed" | "read uncommitted";

const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const METADATA_MAX_AGE_MS = 300_000;
const KEEP_ALIVE_MS = 60_000;

/** Retries inside kafkajs are short: each caller has its own loop with its own limit around them. */
export const CLIENT_RETRY = {
  initialRetryTime: 30,
  factor: 0.2,
  multiplier: 2,
  maxRetryTime: 500,
  retries: 5,
} as const;

/** Makes clusters (kafkajs' word for one client's connections and metadata), and can cut all of them off. */
export interface Connections {
  cluster(isolation: Isolation): Cluster;
  readonly logger: InternalLogger;
  /** Ends the sockets of one cluster at once and for good; what waited on them fails. */
  cut(cluster: Cluster): void;
  cutAll(): void;
}

/**
 * Each consumer and producer gets a cluster of its own: clusters of one `new Kafka()` share a map of committed
 * offsets, which a transaction fills before it commits and a consumer then believes.
 */
export function connections(config: KafkaConfig, clientId: string, logger: InternalLogger): Connections {
  const sockets = new Map<Cluster, Set<net.Socket>>();
  const sasl = config.sasl && saslOptions(config.sasl);
  const cut = (cluster: Cluster) => {
    for (const socket of sockets.get(cluster) ?? []) destroy(socket);
    sockets.delete(cluster);
  };
  return {
    logger,
    cluster(isolation) {
      const own = new Set<net.Socket>();
      const cluster = new Cluster({
        logger,
        brokers: config.brokers.map(splittable),
        ssl: config.tls && { ...config.tls },
        sasl,
        clientId,
        connectionTimeout: CONNECTION_TIMEOUT_MS,
        authenticationTimeout: 2 * CONNECTION_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        enforceRequestTimeout: true,
        metadataMaxAge: METADATA_MAX_AGE_MS,
        allowAutoTopicCreation: false,
        maxInFlightRequests: null,
        isolationLevel: isolation === "read committed" ? 1 : 0,
        retry: CLIENT_RETRY,
        socketFactory: ({ host, port, ssl, onConnect }) => {
          const socket = connect(hostOf(host), port, ssl, onConnect);
          own.add(socket);
          socket.once("close", () => own.delete(socket));
          // Whoever was cut off in the middle of a call tries again: that connection nobody would ever end.
          if (!sockets.has(cluster)) destroy(socket);
          return socket;
        },
      });
      sockets.set(cluster, own);
      return cluster;
    },
    cut,
    cutAll() {
      for (const cluster of [...sockets.keys()]) cut(cluster);
    },
  };
}

function connect(host: string, port: number, ssl: object | undefined, onConnect: () => void): net.Socket {
  const socket = ssl
    ? tls.connect({ host, port, ...(net.isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
    : net.connect({ host, port }, onConnect);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  socket.setNoDelay(true);
  return socket;
}

/** With an error: a silent end leaves kafkajs waiting for answers, and its timers running. */
function destroy(socket: net.Socket): void {
  socket.destroy(new Error("Cut off"));
}

/** Disconnects politely, and after `timeoutMs` by cutting off; never throws. */
export async function disconnect(
  pool: Connections,
  cluster: Cluster,
  goodbye: () => Promise<unknown>,
  timeoutMs: number,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([goodbye().catch(() => {}), limit]);
  clearTimeout(timer);
  pool.cut(cluster);
}
