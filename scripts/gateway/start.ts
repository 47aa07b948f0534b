import { setTimeout as sleep } from "node:timers/promises";
import { createAdmin } from "./admin.ts";
import { Book } from "./book.ts";
import { manyListeners, openDoor } from "./door.ts";
import { changeFaults, type Faults, NO_FAULTS } from "./faults.ts";
import { createFront } from "./front.ts";
import { type Entry, openLedger } from "./ledger.ts";
import { createOutage, type Outage } from "./outage.ts";
import { countCalls, type GatewayStats, gatewayStats } from "./stats.ts";

export interface GatewayOptions {
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** 0 takes a free one. @default 0 */
  readonly port?: number;
  /** Of faults, outages and the ledger; 0 takes a free one. @default 0 */
  readonly adminPort?: number;
  /** @default 1 */
  readonly seed?: number;
  /** NDJSON, appended to and read at start. @default memory only */
  readonly ledger?: string;
  /** Idempotency keys remembered; further ones are answered 503. @default 1_000_000 */
  readonly maxKeys?: number;
  /** After which a connection that gets no answer is reset, milliseconds. @default 60_000 */
  readonly giveUpMs?: number;
  /** @default none, see NO_FAULTS */
  readonly faults?: Partial<Faults>;
  /** How latencies, stalls and drips are waited for; whoever wants an order rather than a time has its own. @default by the clock */
  readonly pause?: (ms: number) => Promise<void>;
}

/** A running simulator. */
export interface Gateway {
  readonly url: string;
  readonly port: number;
  readonly adminUrl: string;
  readonly adminPort: number;
  /** The ledger, oldest first; grows. */
  readonly entries: readonly Entry[];
  readonly outage: Outage;
  /** Changes the named faults. @throws {RangeError} naming every wrong value. */
  changeFaults(change: Partial<Faults>): void;
  stats(): GatewayStats;
  /** Frees both ports and resets their connections; what was under way never happens. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the payment gateway's simulator; docs/gateway.md describes its API.
 * @throws {RangeError} for faults out of range
 * @throws {Error} when the ledger can't be read or a port not be taken
 */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const {
    host = "127.0.0.1",
    port = 0,
    adminPort = 0,
    seed = 1,
    maxKeys = 1_000_000,
    giveUpMs = 60_000,
  } = options;
  let faults = changeFaults(NO_FAULTS, options.faults ?? {});
  const ledger = openLedger(options.ledger);
  const lifetime = manyListeners();
  const { pause = (ms: number) => sleep(ms, undefined, { signal: lifetime.signal }) } = options;
  const book = new Book(ledger, maxKeys);
  const calls = countCalls();
  // The door opens before the outage that moves it exists; no call can come in between.
  let mode: () => Outage["mode"] = () => undefined;
  const front = createFront({
    book,
    seed,
    giveUpMs,
    lifetime: lifetime.signal,
    faults: () => faults,
    outage: () => mode(),
    counted: calls.count,
    pause,
  });
  const setFaults = (next: Faults) => {
    faults = next;
  };
  const stats = () => gatewayStats({ entries: ledger.entries, book, calls, outage: mode() });

  const door = await openDoor(host, port, front).catch((error: unknown) => {
    ledger.close();
    throw error;
  });
  const outage = createOutage(door, lifetime.signal);
  mode = () => outage.mode;
  const admin = createAdmin({ entries: ledger.entries, outage, stats, setFaults, faults: () => faults });
  const adminDoor = await openDoor(host, adminPort, admin).catch(async (error: unknown) => {
    await door.shut();
    ledger.close();
    throw error;
  });

  let closed: Promise<unknown> | undefined;
  return {
    url: `http://${host}:${door.port}`,
    port: door.port,
    adminUrl: `http://${host}:${adminDoor.port}`,
    adminPort: adminDoor.port,
    entries: ledger.entries,
    outage,
    stats,
    changeFaults: (change) => setFaults(changeFaults(faults, change)),
    async close() {
      lifetime.abort();
      closed ??= Promise.all([door.shut(), adminDoor.shut()]).then(() => ledger.close());
      await closed;
    },
  };
}
