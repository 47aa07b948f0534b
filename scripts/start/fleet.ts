import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { workerNames } from "../../workers/all.ts";
import { type Guard, startGuard } from "../stack/guard.ts";
import { freePort } from "../stack/port.ts";
import { exports } from "../stack/show.ts";
import { type Stack, startStack } from "../stack/start.ts";
import { childEnvironment } from "./environment.ts";
import { type GatewayProcess, startGatewayProcess } from "./gateway.ts";
import type { Live } from "./live.ts";
import { untilOnSale, untilReady } from "./ready.ts";
import { runCommand } from "./self.ts";
import type { Supervised, SupervisedNews } from "./supervise.ts";
import { startWorkers, type WorkerProcess } from "./workers.ts";

export interface FleetOptions {
  /** As for `concerts apply`. */
  readonly concertFile: string;
  /** One that the file holds: its seats must be on sale before the fleet counts as ready. */
  readonly concertId: string;
  /** Where children log. @default a new folder for temporary files */
  readonly logs?: string;
}

/** Everything from nothing, running. Ends with this process, however that ends. */
export interface Fleet {
  /** When its ledgers began, epoch milliseconds: the log of given brokers may be older. */
  readonly since: number;
  /** What its parts were given; for `readConfig` and further commands. */
  readonly env: Readonly<Record<string, string>>;
  readonly intakeUrl: string;
  /** The operator's, for a browser on this machine. */
  readonly consoleUrl: string;
  readonly gateway: GatewayProcess;
  readonly workers: readonly WorkerProcess[];
  /** HTTP of the SMTP catcher; undefined when SMTP_URL names another server. */
  readonly catcherUrl: string | undefined;
  readonly stack: Stack;
  /** Logs, `fleet.env` and what clients were promised. */
  readonly folder: string;
  /** `export NAME=value` lines that point further commands at this fleet. */
  readonly envFile: string;
  /** Each 202 and each sown record, for `invariants --ledger`. */
  readonly clientLedger: string;
  stop(): Promise<void>;
}

/** Of all workers at once, each of which takes seconds of CPU: only what hangs takes so long. */
const READY_MS = 180_000;

/**
 * Starts stack, topics, schemas, concert, gateway and every worker, and resolves when all say they are ready.
 * @throws {Error} with the last lines of what failed; nothing is left running then
 */
export async function startFleet(options: FleetOptions, live: Live, signal: AbortSignal): Promise<Fleet> {
  const folder =
    options.logs === undefined ? await mkdtemp(join(tmpdir(), "boxoffice-")) : resolve(options.logs);
  await mkdir(folder, { recursive: true });
  live.say(`logs in ${folder}`);
  const since = Date.now();
  const stack = await startStack({}, signal);
  const started = stack.services.map(({ name }) => name).join(", ");
  live.say(`stack up: ${started || "all given by the environment"}`);
  const lost = new AbortController();
  const guard = startGuard(() => lost.abort(new Error("The guard that ends the fleet with us was killed")));
  const parts: Supervised[] = [];
  const stop = async () => {
    await Promise.all(parts.map((part) => part.stop()));
    await guard.end();
    await stack.stop();
  };
  try {
    const ground = { since, folder, stack, guard, live, signal: AbortSignal.any([signal, lost.signal]) };
    return { ...(await bringUp(ground, parts, options)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Ground {
  readonly since: number;
  readonly folder: string;
  readonly stack: Stack;
  readonly guard: Guard;
  readonly live: Live;
  readonly signal: AbortSignal;
}

/** Everything above the stack; what it starts goes into `parts` at once, so that it can be stopped. */
async function bringUp(
  { since, folder, stack, guard, live, signal }: Ground,
  parts: Supervised[],
  { concertFile, concertId }: FleetOptions,
): Promise<Omit<Fleet, "stop">> {
  const tell = (name: string, news: SupervisedNews) => live.say(newsLine(name, news));
  const intakePort = process.env.INTAKE_PORT || String(await freePort());
  const consolePort = process.env.CONSOLE_PORT || String(await freePort());
  const given = {
    ...stack.env,
    INTAKE_HOST: "127.0.0.1",
    INTAKE_PORT: intakePort,
    CONSOLE_HOST: "127.0.0.1",
    CONSOLE_PORT: consolePort,
  };
  const bare = childEnvironment(process.env, given);
  const places = { data: stack.folder, logs: folder };
  const gateway = await startGatewayProcess(places, bare, guard, (news) => tell("gateway", news));
  parts.push(gateway.process);
  await Promise.all([
    runCommand(["topics", "apply"], bare, signal),
    runCommand(["schemas", "register", "--yes"], bare, signal),
  ]);
  live.say("topics applied, schemas registered");
  const env: Record<string, string> = { ...bare, GATEWAY_URL: gateway.url };
  const workers = await startWorkers(workerNames(), folder, env, guard, tell);
  parts.push(...workers.map((worker) => worker.process));
  await runCommand(["concerts", "apply", concertFile], bare, signal);
  const patience = AbortSignal.any([signal, AbortSignal.timeout(READY_MS)]);
  const intakeUrl = `http://127.0.0.1:${intakePort}`;
  await untilReady(parts, patience);
  await untilOnSale(intakeUrl, concertId, patience);
  const endpoints = { ...given, GATEWAY_URL: gateway.url, GATEWAY_ADMIN_URL: gateway.adminUrl };
  const envFile = await writeEnv(join(folder, "fleet.env"), {
    BOXOFFICE_PROFILE: env.BOXOFFICE_PROFILE ?? "local",
    ...endpoints,
  });
  const clientLedger = await emptyFile(join(folder, "accepted.ndjson"));
  const catcherUrl = env.SMTP_CATCHER_URL;
  const consoleUrl = `http://127.0.0.1:${consolePort}`;
  const urls = { intakeUrl, consoleUrl, catcherUrl };
  return { since, env, ...urls, gateway, workers, stack, folder, envFile, clientLedger };
}

async function writeEnv(path: string, env: Readonly<Record<string, string>>): Promise<string> {
  await writeFile(path, exports(env));
  return path;
}

async function emptyFile(path: string): Promise<string> {
  await writeFile(path, "");
  return path;
}

function newsLine(name: string, news: SupervisedNews): string {
  switch (news.is) {
    case "ready":
      return `${name} is ready after ${news.ms} ms`;
    case "died":
      return `${name} died (${news.how}), starting it again in ${news.againAfterMs} ms`;
    case "given up":
      return `${name} died again (${news.how}) and is given up:\n${news.lastLines}`;
  }
}
