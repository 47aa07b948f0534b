import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectFolder } from "../stack/folders.ts";

/** Source as the project's formatter writes it, so that a generated file passes the gate as it is. */
export async function formatted(source: string, path: string): Promise<string> {
  const root = projectFolder();
  const biome = join(root, "node_modules", ".bin", "biome");
  const running = promisify(execFile)(biome, ["format", `--stdin-file-path=${path}`], {
    cwd: root,
    maxBuffer: 16_777_216,
    timeout: 60_000,
  });
  running.child.stdin?.end(source);
  return (await running).stdout;
}
