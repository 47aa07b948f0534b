/** Supervises one process until it is killed: for `supervise.test.ts`, which kills it with -9. */
import { startGuard } from "../../../scripts/stack/guard.ts";
import { supervise } from "../../../scripts/start/supervise.ts";

const { PORT = "", LOG_FILE = "", SCRIPT = "" } = process.env;
const guard = startGuard(() => {});
const spec = {
  name: "worker",
  command: process.execPath,
  args: ["--input-type=module", "-e", SCRIPT],
  env: { PORT },
  logFile: LOG_FILE,
  readyUrl: `http://127.0.0.1:${PORT}/`,
};
await supervise(spec, guard, () => {}).whenReady();
console.log("ready");
