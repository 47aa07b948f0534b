import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { type BuildOptions, build, type OutputFile, transform } from "esbuild";
import { type Setting, settings } from "../../workers/_runtime/config-settings.ts";

/** The program in CommonJS pieces: what is imported when a command is called lies in pieces that are loaded then. */
export interface Bundle {
  /** The first piece, which the executable starts with: it needs no other until it has given up permissions. */
  readonly entry: string;
  /** Name -> text of the others; `PROGRAM` is loaded first. */
  readonly chunks: ReadonlyMap<string, string>;
  /** Every source file that is part of it, by its path below the root. */
  readonly inputs: readonly string[];
}

export interface BundleOptions {
  readonly root: string;
  /** Undefined where the sources are no git checkout. */
  readonly commit: string | undefined;
}

const ENTRY = "scripts/executable/entry.ts";
const PROGRAM = "workers/main.ts";

/**
 * Bundles the entry and all it may ever load. The same sources give the same bytes, wherever they lie.
 * @throws {Error} when a file can't be bundled, or would look for files beside itself at run time
 */
export async function bundleProgram({ root, commit }: BundleOptions): Promise<Bundle> {
  const options = {
    ...OPTIONS,
    absWorkingDir: root,
    define: {
      BUNDLED_WORKERS: JSON.stringify(workersIn(join(root, "workers"))),
      BUNDLED_COMMIT: JSON.stringify(commit ?? ""),
      BUNDLED_SECRET_FILES: JSON.stringify(secretFiles()),
      // Both ways to find files beside a source; what is left of them fails the build (`empty-import-meta`).
      "import.meta.dirname": "undefined",
    },
  };
  const entry = await build({ ...options, format: "cjs", entryPoints: [ENTRY] });
  // Only ES modules can be split; Node's executable takes CommonJS. So split first, then turn each piece.
  const split = { format: "esm", splitting: true, chunkNames: "[hash]" } as const;
  const pieces = await build({ ...options, ...split, entryPoints: [PROGRAM] });
  const [first] = entry.outputFiles;
  if (first === undefined) throw new Error(`Cannot bundle '${ENTRY}' as esbuild wrote nothing`);
  const inputs = [entry, pieces].flatMap(({ metafile }) => Object.values(metafile.outputs).map(inputsOf));
  return {
    entry: first.text,
    chunks: new Map(await Promise.all(pieces.outputFiles.map(asCommonJs))),
    inputs: [...new Set(inputs.flat())].sort(),
  };
}

const OPTIONS = {
  bundle: true,
  write: false,
  metafile: true,
  platform: "node",
  target: "node26",
  // One byte a character in V8, not two.
  charset: "ascii",
  // Names in stack traces stay as they are written.
  minifyWhitespace: true,
  lineLimit: 200,
  legalComments: "none",
  // Else paths, and so the bytes, would depend on where a linked node_modules lies.
  preserveSymlinks: true,
  // A native speed-up that an executable can't load; its user goes on without.
  external: ["msgpackr-extract"],
  logLevel: "error",
  logOverride: { "empty-import-meta": "error" },
  outdir: "out",
} as const satisfies BuildOptions;

async function asCommonJs({ path, text }: OutputFile): Promise<readonly [string, string]> {
  const { code } = await transform(text, {
    format: "cjs",
    platform: "node",
    target: "node26",
    charset: "ascii",
    minifyWhitespace: true,
    lineLimit: 200,
    // A piece asks for another by the `require` that it is given, also when it does so later.
    supported: { "dynamic-import": false },
  });
  return [basename(path), BARE_COMMON_JS.test(text) ? `${code}${NAMES_OF_DEFAULT}` : code];
}

/** A piece that is nothing but a CommonJS package which is imported late: as an ES module it has a default and no names. */
const BARE_COMMON_JS = /(?:^|[;\n])export default require_\w+\(\);/;
/** Node gives such an import the package's names as well. */
const NAMES_OF_DEFAULT =
  "module.exports={...module.exports.default,default:module.exports.default,__esModule:true};\n";

function inputsOf({ inputs }: { readonly inputs: Readonly<Record<string, unknown>> }): string[] {
  return Object.keys(inputs);
}

/** The rule of `config-resolve.ts`. */
function secretFiles(): string[] {
  const all: readonly (readonly [string, Setting])[] = Object.entries(settings);
  return all.flatMap(([name, { secret }]) => (secret === undefined ? [] : [`${name}_FILE`])).sort();
}

/** The rule of `workers/all.ts`. */
function workersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("_"))
    .map(({ name }) => name)
    .filter((name) => existsSync(join(folder, name, "worker.ts")))
    .sort();
}
