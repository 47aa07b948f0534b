import { globSync } from "node:fs";
import { join } from "node:path";

/** Files that the executable carries for `readShipped()`, beside its program; patterns below the root. */
const CARRIED = [
  "scripts/concerts/grand-hall.json",
  "schemas/*.{avsc,yaml}",
  "schemas/schemas.json",
  "schemas/topics.ts",
  "tests/fixtures/on-sale.ndjson",
  "node_modules/@bull-board/ui/dist/index.ejs",
  "node_modules/@bull-board/ui/dist/static/**/*.{js,css,json,svg,png,ico}",
];

/**
 * Name -> path of each.
 * @throws {Error} when a pattern finds nothing
 */
export function carriedFiles(root: string): Record<string, string> {
  const names = CARRIED.flatMap((pattern) => {
    const found = globSync(pattern, { cwd: root });
    if (found.length === 0) throw new Error(`Cannot carry '${pattern}' as there is no such file: run npm ci`);
    return found;
  });
  return Object.fromEntries(names.sort().map((name) => [name, join(root, name)]));
}
