import { join } from "node:path";
import type { Guard } from "../stack/guard.ts";
import { freePort } from "../stack/port.ts";
import { boxoffice } from "./self.ts";
import { type Supervised, type SupervisedNews, supervise } from "./supervise.ts";

export interface GatewayProcess {
  readonly url: string;
  /** Faults, outages and the ledger. */
  readonly adminUrl: string;
  readonly process: Supervised;
}

/** How the simulated gateway misbehaves during the on-sale (`docs/gateway.md`). */
const FAULTS = [
  ["--latency", "20ms"],
  ["--latency-p99", "200ms"],
  ["--decline", "0.02"],
  ["--error-before", "0.01"],
  ["--error-after", "0.005"],
  ["--unavailable", "0.002"],
  ["--lost", "0.001"],
  ["--reset-after", "0.002"],
] as const;

/** The gateway's simulator as a process of its own; its ledger is a file, so that a restart forgets nothing. */
export async function startGatewayProcess(
  { data, logs }: { readonly data: string; readonly logs: string },
  env: Readonly<Record<string, string>>,
  guard: Guard,
  news: (news: SupervisedNews) => void,
): Promise<GatewayProcess> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const ports = ["--port", String(port), "--admin-port", String(adminPort)];
  const ledger = ["--ledger", join(data, "gateway.ndjson")];
  const process = supervise(
    {
      name: "gateway",
      ...boxoffice(["gateway", ...ports, ...ledger, "--seed", "7", ...FAULTS.flat()]),
      env,
      logFile: join(logs, "gateway.log"),
      readyUrl: `${adminUrl}/health`,
    },
    guard,
    news,
  );
  return { url: `http://127.0.0.1:${port}`, adminUrl, process };
}
