import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { readConfig, Unavailable } from "../../../workers/_runtime/mod.ts";
import { registryCalls } from "../../../workers/_runtime/registry-http.ts";
import { parseSnapshot, type Snapshot, snapshotHistories } from "../fleet/snapshot.ts";
import type { DeclaredTopic } from "../source/declared-topics.ts";
import { dirVersions } from "../source/directory.ts";
import { gitIn } from "../source/git.ts";
import { commitOf, gitVersions } from "../source/git-versions.ts";
import { mergeBase, targetBranch } from "../source/merge-base.ts";
import { registryVersions } from "../source/registry.ts";
import type { Against } from "./against.ts";
import type { Baseline } from "./comparisons.ts";

/** Committed by whoever ran `boxoffice schemas pull`. */
export const SNAPSHOT = "schemas/snapshot.json";

/** Of one call to the registry. */
const TIMEOUT_MS = 10_000;

export interface Places {
  /** Of the repository. */
  readonly root: string;
  readonly topics: readonly DeclaredTopic[];
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/**
 * @throws {Unavailable} when the source is missing, or has none of the checkout's subjects: then nothing was compared
 * @throws {UsageError} when it is configured or written in a form that can't be used
 */
export async function readBaseline(against: Against, places: Places): Promise<Baseline> {
  const { root, topics, env, signal } = places;
  switch (against.kind) {
    case "git":
      return { name: `git:${against.ref}`, histories: await gitVersions(gitIn(root, signal), against.ref) };
    case "merge-base": {
      const git = gitIn(root, signal);
      const branch = against.branch ?? targetBranch(env);
      const base = await commitOf(git, await mergeBase(git, branch));
      const name = `merge-base ${base.slice(0, 7)}${branch === undefined ? "" : ` with ${branch}`}`;
      return { name, histories: await gitVersions(git, base) };
    }
    case "registry": {
      const { registry } = readConfig(env, ["SCHEMA_REGISTRY_URL"]);
      const names = topics.map(({ name }) => name);
      const histories = await registryVersions(registryCalls(registry, TIMEOUT_MS), names, signal);
      return { name: "registry", keepsGone: true, histories };
    }
    case "dir": {
      const path = isAbsolute(against.path) ? against.path : join(process.cwd(), against.path);
      return { name: `dir:${against.path}`, histories: dirVersions(path, topics) };
    }
    case "snapshot": {
      const { madeAt, ...snapshot } = readSnapshot(against.path ?? join(root, SNAPSHOT));
      const histories = snapshotHistories({ madeAt, ...snapshot });
      return { name: `snapshot of ${madeAt.slice(0, 10)}`, keepsGone: true, histories };
    }
  }
}

/** @throws {Unavailable} when there is none */
export function readSnapshot(path: string): Snapshot {
  if (!existsSync(path)) {
    throw new Unavailable(
      "snapshot",
      `Cannot compare with snapshot '${path}' as there is no such file: make it with 'npx boxoffice schemas pull'`,
    );
  }
  return parseSnapshot(readFileSync(path, "utf8"), path);
}
