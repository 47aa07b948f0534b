import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { UsageError } from "../../../workers/_runtime/errors.ts";

const run = promisify(execFile);
const BUILD_MS = 60_000;
const MOST_BYTES = 64 * 1_048_576;

/** Of these, the first that PATH has. */
const TOOLS: readonly (readonly [command: string, ...args: readonly string[]])[] = [
  ["kustomize", "build"],
  ["kubectl", "kustomize"],
];

/** Kustomize could not say what an overlay is: that is no verdict on it. */
export class NotBuilt extends Error {
  override readonly name = "NotBuilt";
}

/**
 * What `kubectl apply -k` would apply.
 * @throws {UsageError} without a kustomize
 * @throws {NotBuilt} with what it says
 */
export async function buildOverlay(folder: string, signal: AbortSignal): Promise<string> {
  const [command, ...args] = toolOf(process.env.PATH ?? "");
  try {
    const { stdout } = await run(command, [...args, folder], {
      signal,
      timeout: BUILD_MS,
      maxBuffer: MOST_BYTES,
    });
    return stdout;
  } catch (error) {
    const said =
      typeof error === "object" && error !== null && "stderr" in error ? String(error.stderr).trim() : "";
    throw new NotBuilt(`Cannot build '${folder}': ${said === "" ? String(error) : said}`, { cause: error });
  }
}

function toolOf(path: string): readonly [string, ...string[]] {
  for (const [command, ...args] of TOOLS) {
    const file = path
      .split(delimiter)
      .map((folder) => join(folder, command))
      .find(existsSync);
    if (file !== undefined) return [file, ...args];
  }
  throw new UsageError(
    "Cannot build overlays as neither 'kustomize' nor 'kubectl' is installed: install one, or build elsewhere and check the result: kubectl kustomize OVERLAY | boxoffice k8s check -",
  );
}
