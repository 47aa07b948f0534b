import { spawn } from "node:child_process";
import { join } from "node:path";
import { checkout } from "../../workers/_runtime/shipped.ts";

/** How to call `boxoffice` again: the same Node and the launcher of this checkout, or the executable itself. */
export function boxoffice(args: readonly string[]): { command: string; args: string[] } {
  const launcher = checkout === undefined ? [] : [join(checkout, "bin", "boxoffice.js")];
  return { command: process.execPath, args: [...launcher, ...args] };
}

/**
 * Runs one command of ours to its end.
 * @throws {Error} with what it printed, when it doesn't end with 0
 */
export async function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  const call = boxoffice(args);
  const child = spawn(call.command, call.args, { env, stdio: ["ignore", "pipe", "pipe"], signal });
  const printed = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    printed.out += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    printed.err += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0) return printed.out;
  throw new Error(
    `Cannot go on as 'boxoffice ${args.join(" ")}' ended with ${code}:\n${printed.err}${printed.out}`,
  );
}
