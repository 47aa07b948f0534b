import { execFileSync } from "node:child_process";
import manifest from "../package.json" with { type: "json" };

/** `0.1.0 (3f2a1bc) Node v26.10.0`; without the commit where the sources are not a git checkout. */
export function versionLine(): string {
  const commit = process.argv.some((word) => word === "--version" || word === "-V") ? commitOf() : undefined;
  return [manifest.version, ...(commit === undefined ? [] : [`(${commit})`]), `Node ${process.version}`].join(
    " ",
  );
}

function commitOf(): string | undefined {
  try {
    return execFileSync("git", ["-C", import.meta.dirname, "rev-parse", "--short", "HEAD"], {
      stdio: ["ignore", "pipe", "ignore"],
      encoding: "utf8",
    }).trim();
  } catch {
    return undefined;
  }
}
