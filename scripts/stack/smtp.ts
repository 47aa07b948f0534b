import { join } from "node:path";
import { isSea } from "node:sea";
import { projectFolder } from "./folders.ts";
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
    command: process.execPath,
    args: [...(isSea() ? [] : [join(projectFolder(), "bin", "boxoffice.js")]), "catcher", ...options],
    logFile: join(logs, "smtp.log"),
    async ready(signal) {
      await greeting(port, "", "220 ", signal);
      const answer = await fetch(`http://127.0.0.1:${httpPort}/outage`, { signal });
      await answer.arrayBuffer();
    },
  };
}
