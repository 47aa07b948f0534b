import { dirname } from "node:path";
import { getAssetKeys, getRawAsset } from "node:sea";
import { Script } from "node:vm";

/** Where the build puts a piece of the program among the executable's files, and its compiled code. */
export const placeOf = (piece: string) => `program/${piece}`;
export const codeOf = (piece: string) => `code/${piece}`;

/** As Node wraps a CommonJS file; on a line of its own so that line numbers in stack traces are the piece's. */
export const wrapped = (source: string) =>
  `(function (exports, require, module, __filename, __dirname) {${source}\n})`;

type Piece = (
  exports: object,
  require: (id: string) => unknown,
  module: { exports: object },
  filename: string,
  directory: string,
) => void;

/**
 * Loads pieces of the program from inside the executable, each once, when it is first asked for: a worker's process
 * holds its own code and nobody else's. Everything else that is asked for is Node's own.
 */
export function pieceLoader(): (id: string) => unknown {
  const loaded = new Map<string, { exports: object }>();
  const names = new Set(getAssetKeys());
  const folder = dirname(process.execPath);
  return function load(id: string): unknown {
    const name = id.replace(/^\.\//, "");
    const known = loaded.get(name);
    if (known !== undefined) return known.exports;
    if (!names.has(placeOf(name))) return builtin(id);
    const module = { exports: {} };
    loaded.set(name, module);
    compiled(name, names)(module.exports, load, module, process.execPath, folder);
    return module.exports;
  };
}

function compiled(name: string, names: ReadonlySet<string>): Piece {
  // Latin-1 stays one byte a character in V8; the pieces hold nothing but ASCII.
  const source = Buffer.from(getRawAsset(placeOf(name))).toString("latin1");
  const cache = names.has(codeOf(name)) ? Buffer.from(getRawAsset(codeOf(name))) : undefined;
  const script = new Script(wrapped(source), {
    filename: `boxoffice/${name}`,
    ...(cache !== undefined && { cachedData: cache }),
  });
  // Written by the build as exactly such a function.
  return script.runInThisContext() as Piece;
}

/** As `require()` does in an executable. */
function builtin(id: string): unknown {
  const found = process.getBuiltinModule(id);
  if (found !== undefined) return found;
  throw Object.assign(new Error(`Cannot find '${id}' as the executable carries no such module`), {
    code: "MODULE_NOT_FOUND",
  });
}
