import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { type Stack, startStack } from "../../../scripts/stack/start.ts";
import { type Fleet, startFleet } from "../../../scripts/start/fleet.ts";
import type { Live } from "../../../scripts/start/live.ts";
import { connectBroker } from "../../../workers/_runtime/broker.ts";
import { type Broker, type Config, readConfig } from "../../../workers/_runtime/mod.ts";

/** The largest hall there may be: no two requests of a bench want the same seat unless they are meant to. */
const HALL = {
  concertId: "bench-hall",
  name: "Bench",
  hall: "Bench Hall",
  currency: "EUR",
  startsAt: "2035-06-21T20:00:00+02:00",
  cutOffAt: "2035-06-20T20:00:00+02:00",
  rows: Array.from({ length: 100 }, (_, i) => ({ name: `R${i + 1}`, seats: 500, price: 5_000 })),
} as const;

/** For which the on-sale of the fixtures is planned. */
const GRAND_HALL = join(import.meta.dirname, "../../../scripts/concerts/grand-hall.json");

/** The real fleet on a stack of its own; its gateway and its mail server have no faults. */
export interface BenchFleet {
  readonly fleet: Fleet;
  readonly stack: Stack;
  readonly config: Config;
  readonly broker: Broker;
  readonly concertId: string;
  readonly rows: readonly { readonly name: string; readonly seats: number }[];
  /** Replaces the gateway's faults. */
  gatewayFaults(faults: Readonly<Record<string, number>>): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param bench - JVMs as in production; false: as for tests, which start sooner
 * @throws {Error} when a part doesn't start; nothing is left running then
 */
export async function startBenchFleet(
  live: Live,
  { bench }: { readonly bench: boolean },
  signal: AbortSignal,
): Promise<BenchFleet> {
  const scratch = mkdtempSync(join(tmpdir(), "boxoffice-bench-"));
  const concertFile = join(scratch, "hall.json");
  writeFileSync(concertFile, JSON.stringify([HALL, JSON.parse(readFileSync(GRAND_HALL, "utf8"))]));
  const stack = await startStack({ services: ["kafka", "registry", "redis", "smtp"], bench }, signal);
  const end = async () => {
    await stack.stop();
    rmSync(scratch, { recursive: true, force: true });
  };
  try {
    // The fleet takes what the environment names. Holds outlive the measurement: nothing is to expire of itself.
    Object.assign(process.env, stack.env, { INTAKE_HOLD: "30m" });
    const fleet = await startFleet({ concertFile, concertId: HALL.concertId }, live, signal);
    const config = readConfig(fleet.env, ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL", "REDIS_URL"]);
    const broker = connectBroker(config.kafka, { clientId: "bench", log: pino({ level: "silent" }) });
    return {
      ...{ fleet, stack, config, broker, concertId: HALL.concertId, rows: HALL.rows },
      async gatewayFaults(faults) {
        const body = JSON.stringify(faults);
        const answer = await fetch(`${fleet.gateway.adminUrl}/faults`, { method: "PUT", body });
        if (!answer.ok) throw new Error(`Cannot set the gateway's faults: ${await answer.text()}`);
      },
      async stop() {
        await broker.close();
        await fleet.stop();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}
