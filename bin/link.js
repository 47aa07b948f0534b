// npm links the commands of dependencies into node_modules/.bin, but not the project's own: done here after `npm ci`.
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "node_modules", ".bin");
if (existsSync(dirname(folder))) {
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, "boxoffice"), { force: true });
  symlinkSync("../../bin/boxoffice.js", join(folder, "boxoffice"));
}
