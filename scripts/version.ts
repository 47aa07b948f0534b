import { execFileSync } from "node:child_process";
import manifest from "../package.json" with { type: "json" };
import { checkout } from "../workers/_runtime/shipped.ts";

/** Set by the build of the executable; empty when its sources were no git checkout. */
declare const BUNDLED_COMMIT: string | undefined;

/** `0.1.0 (3f2a1bc) Node v26.10.0`; without the commit where the sources are not a git checkout. */
export function versionLine(): string {
  const commit = process.argv.some((word) => word === "--version" || word === "-V") ? commitOf() : undefined;
  return [manifest.version, ...(commit === undefined ? [] : [`(${commit})`]), `Node ${process.version}`].join(
    " ",
  );
}

/** Of the sources; undefined where they are no git checkout. */
export function commitOf(): string | undefined {
  if (typeof BUNDLED_COMMIT !== "undefined") return BUNDLED_COMMIT || undefined;
  try {
    return execFileSync("git", ["-C", checkout ?? ".", "rev-parse", "--short", "HEAD"], {
      stdio: ["ignore", "pipe", "ignore"],
      encoding: "utf8",
    }).trim();
  } catch {
    return undefined;
  }
}
