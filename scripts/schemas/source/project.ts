import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout, readShipped, shippedBelow } from "../../../workers/_runtime/shipped.ts";

/** Folder of schemas and declarations below a project's root. */
export const SCHEMAS = "schemas";

/** The files of a project below `schemas/`, wherever it lies. */
export interface Project {
  /** What to call it in an error. */
  readonly name: string;
  /** Names of the files in `schemas/`, sorted. */
  readonly names: readonly string[];
  /** Undefined: there is no such file. @param name - `Concert.avsc` */
  text(name: string): string | undefined;
}

/** A checkout on disk. */
export function projectIn(root: string): Project {
  const folder = join(root, SCHEMAS);
  return {
    name: root,
    names: existsSync(folder) ? readdirSync(folder).sort() : [],
    text(name) {
      const path = join(folder, name);
      return existsSync(path) ? readFileSync(path, "utf8") : undefined;
    },
  };
}

/** What this program was made from: its own checkout, or what the executable carries. */
export function ownProject(): Project {
  if (checkout !== undefined) return projectIn(checkout);
  const names = shippedBelow(SCHEMAS).map((path) => path.slice(SCHEMAS.length + 1));
  return {
    name: "this executable",
    names,
    text: (name) => (names.includes(name) ? readShipped(`${SCHEMAS}/${name}`).toString("utf8") : undefined),
  };
}
