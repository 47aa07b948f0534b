import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf, placeOf } from "../executable/pieces.ts";
import type { Bundle } from "./bundle.ts";

export interface ExecutableParts {
  readonly program: Pick<Bundle, "entry" | "chunks">;
  /** Name -> path, for `readShipped()`. */
  readonly carried: Readonly<Record<string, string>>;
  /** Node to build with: this machine's. */
  readonly node: string;
  /** Node to build from: the target's. */
  readonly base: string;
  readonly nodeOptions: readonly string[];
  /** Compiled code beside the program: only good for the very Node that builds. */
  readonly compile: boolean;
  /** Leaves debugging symbols out, a fifth of it. */
  readonly strip: boolean;
}

/** A folder for intermediate files, and the executable to be written. */
export interface Places {
  readonly scratch: string;
  readonly output: string;
}

/**
 * Makes the executable: a copy of Node with the program and its files inside.
 * @throws {Error} with what the failing tool said
 */
export function makeExecutable(parts: ExecutableParts, { scratch, output }: Places): void {
  // By a relative name: it is kept in the executable, and shown in stack traces.
  const main = "entry.js";
  writeFileSync(join(scratch, main), parts.program.entry);
  const base = join(scratch, "node");
  copyFileSync(parts.base, base);
  // Before the program goes in: afterwards strip would tear it out.
  if (parts.strip) call("strip", [base]);
  const config = join(scratch, "sea.json");
  const wanted = {
    main,
    output,
    executable: base,
    assets: { ...parts.carried, ...writePieces(parts, scratch) },
    disableExperimentalSEAWarning: true,
    execArgv: parts.nodeOptions,
    // NODE_OPTIONS would widen every permission.
    execArgvExtension: "none",
  };
  writeFileSync(config, JSON.stringify(wanted));
  rmSync(output, { force: true });
  call(parts.node, ["--build-sea", config], scratch);
  chmodSync(output, 0o755);
}

/** Else the seed of V8's hashes, a new one in each process, would be part of compiled code. */
const SAME_EACH_TIME = ["--random-seed=1"];

/** Name -> path of each piece and, if wanted, of its compiled code. */
function writePieces({ program, compile, node }: ExecutableParts, scratch: string): Record<string, string> {
  const folder = join(scratch, "program");
  mkdirSync(folder);
  const names = [...program.chunks.keys()].sort();
  for (const [name, text] of program.chunks) writeFileSync(join(folder, name), text);
  const compiler = join(import.meta.dirname, "compile.ts");
  if (compile) call(node, [...SAME_EACH_TIME, compiler, folder, ...names]);
  return Object.fromEntries(
    names.flatMap((name) => [
      [placeOf(name), join(folder, name)],
      ...(compile ? [[codeOf(name), join(folder, `${name}.code`)]] : []),
    ]),
  );
}

function call(command: string, args: readonly string[], cwd = "."): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", cwd });
  if (status !== 0)
    throw new Error(
      `Cannot build as '${command} ${args.join(" ")}' failed: ${error?.message ?? `${stdout}${stderr}`}`,
    );
}
