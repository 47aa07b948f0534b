import { Unavailable, UsageError } from "../../../workers/_runtime/mod.ts";
import type { SubjectHistory } from "../version.ts";
import type { Git } from "./git.ts";
import { commitOf, gitVersions, refuseShallow } from "./git-versions.ts";

/** Asked in this order when nobody names the branch that is merged into. */
const USUAL_BRANCHES = ["origin/HEAD", "origin/main", "origin/master", "main", "master"] as const;

/** The branch that a pull request wants to be merged into, as the CI system says it. */
export function targetBranch(env: NodeJS.ProcessEnv): string | undefined {
  const named = env.GITHUB_BASE_REF || env.CI_MERGE_REQUEST_TARGET_BRANCH_NAME;
  return named ? `origin/${named}` : undefined;
}

/**
 * The versions up to the commit from which this branch left its target.
 * @param branch - the target; undefined: the first of the usual ones that is there
 * @throws {Unavailable} when the target or a common commit is missing
 */
export async function mergeBaseVersions(git: Git, branch: string | undefined): Promise<SubjectHistory[]> {
  return await gitVersions(git, await mergeBase(git, branch));
}

export async function mergeBase(git: Git, branch: string | undefined): Promise<string> {
  const target = branch ?? (await usualBranch(git));
  await refuseShallow(git, target);
  const answer = await git(["merge-base", await commitOf(git, target), "HEAD"]);
  if (answer.ok) return answer.bytes.toString().trim();
  throw new Unavailable(
    "git",
    `Cannot find where this branch left '${target}' as they have no commit in common: fetch the whole history, in a GitHub workflow fetch-depth: 0`,
  );
}

async function usualBranch(git: Git): Promise<string> {
  for (const branch of USUAL_BRANCHES) {
    const answer = await git(["rev-parse", "--verify", "--quiet", "--end-of-options", `${branch}^{commit}`]);
    if (answer.ok) return branch;
  }
  throw new UsageError(
    `Cannot tell which branch this one is merged into as there is none of ${USUAL_BRANCHES.join(", ")}: name it, --against merge-base:<branch>`,
  );
}
