import { join } from "node:path";
import { boxoffice } from "../start/self.ts";
import { greeting } from "./redis.ts";
import type { ServiceSpec } from "./service.ts";

export interface CatcherOptions {
  readonly port: number;
  readonly httpPort: number;
  /** Its ledger lives here. */
  readonly folder: string;
}

/** The SMTP catcher, a process of its own: `boxoffice catcher`. */
export function smtpSpec({ port, httpPort, folder }: CatcherOptions, logs: string): ServiceSpec {
  const options = [
    "--port",
    String(port),
    "--http-port",
    String(httpPort),
    "--ledger",
    join(folder, "ledger.ndjson"),
  ];
  return {
    name: "smtp",
    port,
    url: `smtp://127.0.0.1:${port}`,
    ...boxoffice(["catcher", ...options]),
    logFile: join(logs, "smtp.log"),
    async ready(signal) {
      await greeting(port, "", "220 ", signal);
      const answer = await fetch(`http://127.0.0.1:${httpPort}/outage`, { signal });
      await answer.arrayBuffer();
    },
  };
}
