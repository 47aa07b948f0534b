import { defineWorker } from "../_runtime/mod.ts";
import { loadWorkers } from "../all.ts";
import { startConsole } from "./start.ts";

/** The operator's web page, and the API of the commands' `--remote`. */
export default defineWorker({
  name: "console",
  reads: [],
  permissions: {
    net: ["REDIS_URL"],
    netIfSet: ["CONSOLE_OIDC_ISSUER", "CONSOLE_HEALTH_URLS"],
    kafka: { letters: "desk" },
  },
  async serve(host) {
    await startConsole(host, { workers: await loadWorkers() });
  },
});
