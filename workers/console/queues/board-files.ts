import { extname } from "node:path";
import { readShipped, shippedBelow } from "../../_runtime/shipped.ts";

export interface BoardFiles {
  /** Names below `dist/static`, with slashes. */
  readonly files: ReadonlyMap<string, { readonly bytes: Buffer; readonly type: string }>;
  /** Of the page itself, in order. */
  readonly styles: readonly string[];
  readonly scripts: readonly string[];
}

/** What bull-board's package holds for browsers. */
export const BOARD_FOLDER = "node_modules/@bull-board/ui/dist";

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
};

/** bull-board's pages as its package holds them, read once: afterwards the process needs no file. */
export function readBoardFiles(): BoardFiles {
  const root = `${BOARD_FOLDER}/static`;
  const files = new Map(
    shippedBelow(root).flatMap((path) => {
      const type = TYPES[extname(path)];
      const name = path.slice(root.length + 1);
      return type === undefined ? [] : [[name, { bytes: readShipped(path), type }] as const];
    }),
  );
  // Its own page also asks a font server of another company's; ours names the same files and nothing else.
  const page = readShipped(`${BOARD_FOLDER}/index.ejs`).toString();
  const named = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, name]) => name ?? "");
  return {
    files,
    styles: named(/<link href="static\/(css\/[\w.]+\.css)"/g),
    scripts: named(/<script defer src="static\/(js\/[\w.-]+\.js)"/g),
  };
}
