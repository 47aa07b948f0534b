import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../../scripts/stack/folders.ts";
import { locked } from "../../scripts/stack/lock.ts";
import { findTool } from "../left-out.ts";
import { type Judge, startJudge } from "./judge.ts";

const run = promisify(execFile);
const FETCH_MS = 300_000;
const REQUIREMENTS = join(import.meta.dirname, "python", "requirements.txt");

/**
 * fastavro, in a virtual environment of its own in the cache.
 * @throws {Error} when Python or its venv module is missing, or pip can't fetch: the message says which.
 */
export async function startPython(signal: AbortSignal): Promise<Judge> {
  const python = findTool("python3");
  if (python === undefined) throw new Error("python3 is missing: apt-get install python3-venv");
  const hash = createHash("sha256").update(python).update(readFileSync(REQUIREMENTS)).digest("hex");
  const folder = join(cacheFolder(), `fastavro-${hash.slice(0, 12)}`);
  const ready = join(folder, "bin", "fastavro");
  await locked(`${folder}.lock`, signal, async () => {
    if (existsSync(ready)) return;
    await rm(folder, { recursive: true, force: true });
    const options = { signal, timeout: FETCH_MS };
    try {
      await run(python, ["-m", "venv", folder], options);
      const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS];
      await run(join(folder, "bin", "python3"), pip, options);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      const reason = error instanceof Error ? error.message.split("\n").slice(0, 3).join(" ") : String(error);
      throw new Error(`fastavro can't be installed (apt-get install python3-venv): ${reason}`, {
        cause: error,
      });
    }
  });
  const program = join(import.meta.dirname, "python", "oracle.py");
  return await startJudge("fastavro", join(folder, "bin", "python3"), [program]);
}
