import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { promisify } from "node:util";

/** Source as the project's formatter writes it, so that a generated file passes the gate as it is. */
export async function formatted(source: string, path: string): Promise<string> {
  const root = resolve(import.meta.dirname, "../..");
  const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");
  const running = promisify(execFile)(process.execPath, [biome, "format", `--stdin-file-path=${path}`], {
    cwd: root,
    maxBuffer: 16_777_216,
    timeout: 60_000,
  });
  running.child.stdin?.end(source);
  return (await running).stdout;
}
