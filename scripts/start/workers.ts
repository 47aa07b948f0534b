import { join } from "node:path";
import type { Guard } from "../stack/guard.ts";
import { freePort } from "../stack/port.ts";
import { boxoffice } from "./self.ts";
import { type Supervised, type SupervisedNews, supervise } from "./supervise.ts";

export interface WorkerProcess {
  readonly name: string;
  /** `/livez`, `/readyz`, `/metrics`. */
  readonly healthUrl: string;
  readonly process: Supervised;
}

/** Every worker as a process of its own, each with a health port of its own that survives its restarts. */
export async function startWorkers(
  names: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
  guard: Guard,
  news: (worker: string, news: SupervisedNews) => void,
): Promise<WorkerProcess[]> {
  const workers: WorkerProcess[] = [];
  const ports = await Promise.all(names.map(freePort));
  // For the console, which shows what all of them say.
  const healthUrls = ports.map((port) => `http://127.0.0.1:${port}`);
  for (const [i, name] of names.entries()) {
    const [port, healthUrl = ""] = [ports[i], healthUrls[i]];
    const process = supervise(
      {
        name,
        ...boxoffice(["run", name]),
        env: {
          ...env,
          HEALTH_HOST: "127.0.0.1",
          HEALTH_PORT: String(port),
          CONSOLE_HEALTH_URLS: healthUrls.join(","),
        },
        logFile: join(folder, `${name}.log`),
        readyUrl: `${healthUrl}/readyz`,
      },
      guard,
      (each) => news(name, each),
    );
    workers.push({ name, healthUrl, process });
  }
  return workers;
}
