import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { workerNames } from "../../workers/all.ts";
import { pause } from "../pause.ts";
import { startGuard } from "../stack/guard.ts";
import { freePort } from "../stack/port.ts";
import { type Stack, startStack } from "../stack/start.ts";
import { childEnvironment } from "./environment.ts";
import { type GatewayProcess, startGatewayProcess } from "./gateway.ts";
import type { Live } from "./live.ts";
import { runCommand } from "./self.ts";
import type { SupervisedNews } from "./supervise.ts";
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
  readonly gateway: GatewayProcess;
  readonly workers: readonly WorkerProcess[];
  /** HTTP of the SMTP catcher; undefined when SMTP_URL names another server. */
  readonly catcherUrl: string | undefined;
  readonly stack: Stack;
  readonly folder: string;
  stop(): Promise<void>;
}

const READY_MS = 60_000;
const ASK_EVERY_MS = 100;

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
  const ending = new AbortController();
  const guard = startGuard(() => ending.abort(new Error("The guard that ends the fleet with us was killed")));
  const parts: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    await Promise.all(parts.map((part) => part.stop()));
    await guard.end();
    await stack.stop();
  };
  try {
    live.say(
      `stack up: ${stack.services.map(({ name }) => name).join(", ") || "all given by the environment"}`,
    );
    const intakePort = process.env.INTAKE_PORT || String(await freePort());
    const env = childEnvironment(process.env, {
      ...stack.env,
      INTAKE_HOST: "127.0.0.1",
      INTAKE_PORT: intakePort,
    });
    const tell = (name: string) => (news: SupervisedNews) => live.say(newsLine(name, news));
    const gateway = await startGatewayProcess(
      { data: stack.folder, logs: folder },
      env,
      guard,
      tell("gateway"),
    );
    parts.push(gateway.process);
    await Promise.all([
      runCommand(["topics", "apply"], env, signal),
      runCommand(["schemas", "register"], env, signal),
    ]);
    live.say("topics applied, schemas registered");
    const workerEnv = { ...env, GATEWAY_URL: gateway.url };
    const workers = await startWorkers(workerNames(), folder, workerEnv, guard, (name, news) =>
      tell(name)(news),
    );
    parts.push(...workers.map((worker) => worker.process));
    await runCommand(["concerts", "apply", options.concertFile], env, signal);
    const patience = AbortSignal.any([signal, ending.signal, AbortSignal.timeout(READY_MS)]);
    await untilReady([gateway.process, ...workers.map((worker) => worker.process)], patience);
    const intakeUrl = `http://127.0.0.1:${intakePort}`;
    await untilOnSale(intakeUrl, options.concertId, patience);
    return {
      since,
      env: workerEnv,
      intakeUrl,
      gateway,
      workers,
      catcherUrl: env.SMTP_CATCHER_URL,
      stack,
      folder,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Waiting = Pick<WorkerProcess["process"], "name" | "ready" | "logFile" | "whenReady">;

async function untilReady(processes: readonly Waiting[], signal: AbortSignal): Promise<void> {
  const given = processes.map((each) => each.whenReady());
  // One that is given up ends the wait for all; those that are fine are waited for by `ready`.
  const failed = Promise.all(given).then(() => new Promise<never>(() => {}));
  failed.catch(() => {});
  while (processes.some((each) => !each.ready)) {
    if (signal.aborted) {
      const late = processes.filter((each) => !each.ready).map((each) => `${each.name} (${each.logFile})`);
      throw new Error(`Cannot go on as these are not ready: ${late.join(", ")}`, { cause: signal.reason });
    }
    await Promise.race([failed, pause(ASK_EVERY_MS, signal).catch(() => {})]);
  }
}

/** Intake can hold seats once the seat map is built and the concert is in its catalogue. */
async function untilOnSale(intakeUrl: string, concertId: string, signal: AbortSignal): Promise<void> {
  const url = `${intakeUrl}/concerts/${encodeURIComponent(concertId)}/seats`;
  for (let last = "no answer"; ; ) {
    if (signal.aborted)
      throw new Error(`Cannot go on as the seats are not on sale: ${url} answered ${last}`, {
        cause: signal.reason,
      });
    try {
      const answer = await fetch(url, { signal });
      if (answer.ok) return;
      last = `${answer.status} ${await answer.text()}`;
    } catch (error) {
      last = String(error);
    }
    await pause(ASK_EVERY_MS, signal).catch(() => {});
  }
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
