import { spawnSync } from "node:child_process";

/**
 * What the executable says it was built from: `SOURCE_COMMIT` where a build has no git (a container's), else git's
 * commit, with a plus when files differ from it; undefined when nobody knows.
 */
export function sourceCommit(root: string, environment: NodeJS.ProcessEnv): string | undefined {
  const given = environment.SOURCE_COMMIT;
  if (given !== undefined && given !== "") return given.slice(0, 12);
  const commit = git(root, "rev-parse", "--short=12", "HEAD");
  if (commit === undefined) return undefined;
  const changed = git(root, "status", "--porcelain", "--untracked-files=no") !== "";
  return changed ? `${commit}+` : commit;
}

function git(root: string, ...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync("git", ["-C", root, ...args], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
