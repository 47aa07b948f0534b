/** `npm run rootfs -- FOLDER [--executable dist/boxoffice]`: a root file system of the executable and just its libraries. */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "../../workers/_runtime/errors.ts";
import { failure } from "../failure.ts";
import { makeRootFs } from "./root-fs.ts";

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { executable: { type: "string", default: join(import.meta.dirname, "../../dist/boxoffice") } },
  });
  const [folder] = positionals;
  if (folder === undefined)
    throw new UsageError("Cannot make a root file system without a folder: npm run rootfs -- FOLDER");
  for (const path of makeRootFs(resolve(values.executable), resolve(folder)))
    process.stdout.write(`${path}\n`);
} catch (error) {
  const { code, message } = failure(error);
  process.stderr.write(`${message.replace(/^boxoffice: /, "rootfs: ")}\n`);
  process.exitCode = code;
}
