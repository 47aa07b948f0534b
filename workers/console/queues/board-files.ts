import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, relative, sep } from "node:path";

export interface BoardFiles {
  /** The package's folder. */
  readonly folder: string;
  /** Names below `dist/static`, with slashes. */
  readonly files: ReadonlyMap<string, { readonly bytes: Buffer; readonly type: string }>;
  /** Of the page itself, in order. */
  readonly styles: readonly string[];
  readonly scripts: readonly string[];
}

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
};

/**
 * bull-board's pages as its package holds them, read once: afterwards the process needs no file. Undefined where there
 * is no such package beside us, as in the single executable.
 */
export function readBoardFiles(): BoardFiles | undefined {
  const folder = packageFolder();
  if (folder === undefined) return undefined;
  const dist = join(folder, "dist", "static");
  const names = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const files = new Map(
    names.flatMap((path) => {
      const type = TYPES[extname(path)];
      const name = relative(dist, path).split(sep).join("/");
      return type === undefined ? [] : [[name, { bytes: readFileSync(path), type }] as const];
    }),
  );
  // Its own page also asks a font server of another company's; ours names the same files and nothing else.
  const page = readFileSync(join(folder, "dist", "index.ejs"), "utf8");
  const named = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, name]) => name ?? "");
  return {
    folder,
    files,
    styles: named(/<link href="static\/(css\/[\w.]+\.css)"/g),
    scripts: named(/<script defer src="static\/(js\/[\w.-]+\.js)"/g),
  };
}

function packageFolder(): string | undefined {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve("@bull-board/ui/package.json"));
    return existsSync(join(folder, "dist", "static")) ? folder : undefined;
  } catch {
    return undefined;
  }
}
