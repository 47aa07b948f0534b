import { Unavailable } from "../../../workers/_runtime/mod.ts";
import type { SchemaVersion, SubjectHistory } from "../version.ts";
import { type DeclaredTopic, declaredTopics } from "./declared-topics.ts";
import type { Git } from "./git.ts";
import { parseTree, readObjects } from "./git-objects.ts";
import { SCHEMAS } from "./project.ts";
import { rememberingNames } from "./references.ts";
import { type SchemaFolder, versionsIn } from "./schema-folder.ts";

/** Characters of a commit that are shown; git's own default. */
const SHORT = 7;

/**
 * Every version that each subject had at a commit reachable from `ref`, oldest first; the last is the one at `ref`
 * itself, unless the subject is gone there. Which topic carried a record is read from that commit's `topics.ts`.
 *
 * All reachable commits count, a merged branch's own as well: what was on a branch may have been deployed from it.
 * @throws {Unavailable} when git, the ref or a part of the history is missing: nothing was compared then
 */
export async function gitVersions(git: Git, ref: string): Promise<SubjectHistory[]> {
  const tip = await commitOf(git, ref);
  await refuseShallow(git, ref);
  const commits = await commitsTouching(git, tip);
  const folders = await foldersAt(git, commits);
  if (folders.at(-1)?.label !== `git:${tip.slice(0, SHORT)}`) {
    throw new Unavailable(
      "git",
      `Cannot compare with 'git:${ref}' as it has no '${SCHEMAS}/*.avsc' with '${SCHEMAS}/topics.ts'`,
    );
  }
  return historiesOf(folders);
}

/** @throws {Unavailable} when there is no such commit */
export async function commitOf(git: Git, ref: string): Promise<string> {
  const answer = await git(["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
  if (answer.ok) return answer.bytes.toString().trim();
  const inside = await git(["rev-parse", "--git-dir"]);
  throw new Unavailable(
    "git",
    inside.ok
      ? `Cannot compare with 'git:${ref}' as there is no such commit here: fetch it ('git fetch origin ${ref.replace(/^origin\//, "")}', in a GitHub workflow fetch-depth: 0)`
      : `Cannot compare with 'git:${ref}' as this is no git repository: ${inside.why}`,
  );
}

/** A shallow clone has lost versions without a trace: a transitive level would be judged on half of them. */
export async function refuseShallow(git: Git, ref: string): Promise<void> {
  const answer = await git(["rev-parse", "--is-shallow-repository"]);
  if (answer.ok && answer.bytes.toString().trim() !== "true") return;
  throw new Unavailable(
    "git",
    `Cannot compare with the history of '${ref}' as this clone is shallow: 'git fetch --unshallow', in a GitHub workflow fetch-depth: 0, in GitLab GIT_DEPTH: 0`,
  );
}

/** Oldest first, `tip` always last. */
async function commitsTouching(git: Git, tip: string): Promise<string[]> {
  const answer = await git([
    "rev-list",
    "--topo-order",
    "--reverse",
    "--full-history",
    tip,
    "--",
    `./${SCHEMAS}`,
  ]);
  if (!answer.ok) throw new Unavailable("git", `Cannot read the history of '${tip}': ${answer.why}`);
  const commits = answer.bytes
    .toString()
    .split("\n")
    .filter((line) => line !== "" && line !== tip);
  return [...commits, tip];
}

/** The schemas folder at each commit that has one, in the same order. */
async function foldersAt(git: Git, commits: readonly string[]): Promise<SchemaFolder[]> {
  const trees = await readObjects(
    git,
    commits.map((commit) => `${commit}:./${SCHEMAS}`),
  );
  const hashBytes = (commits[0]?.length ?? 40) / 2;
  const listed = trees.map((tree) =>
    tree === undefined ? [] : parseTree(tree, hashBytes).filter(({ name }) => isPart(name)),
  );
  const wanted = [...new Set(listed.flat().map(({ object }) => object))];
  const blobs = await readObjects(git, wanted);
  const texts = new Map(wanted.map((object, index) => [object, blobs[index]?.toString("utf8")]));
  const topicsOf = rememberingTopics();
  // From the newest to the oldest: where declarations can't be read, the next newer ones say which topics it was.
  let topics: readonly DeclaredTopic[] | undefined;
  const folders: SchemaFolder[] = [];
  for (const [index, commit] of [...commits.entries()].reverse()) {
    const files = new Map(listed[index]?.map(({ name, object }) => [name, texts.get(object) ?? ""]));
    const short = commit.slice(0, SHORT);
    const prefix = `${short}:${SCHEMAS}/`;
    const isTip = index === commits.length - 1;
    topics = topicsOf(files.get("topics.ts"), `${prefix}topics.ts`, isTip) ?? topics;
    files.delete("topics.ts");
    if (topics !== undefined && files.size > 0)
      folders.push({ label: `git:${short}`, prefix, topics, texts: files });
  }
  return folders.reverse();
}

function isPart(name: string): boolean {
  return name.endsWith(".avsc") || name === "topics.ts";
}

type TopicsOf = (
  text: string | undefined,
  file: string,
  isTip: boolean,
) => readonly DeclaredTopic[] | undefined;

/** @throws {Unavailable} from the call: at the tip the topics must be readable */
function rememberingTopics(): TopicsOf {
  const known = new Map<string, readonly DeclaredTopic[] | undefined>();
  return (text, file, isTip) => {
    if (text === undefined) return undefined;
    if (known.has(text)) return known.get(text);
    try {
      known.set(text, declaredTopics(text, file));
    } catch (error) {
      if (isTip) throw couldNot(error);
      known.set(text, undefined);
    }
    return known.get(text);
  };
}

/** @throws {Unavailable} when a schema of the tip, the last of `folders`, can't be read; older ones are left out */
function historiesOf(folders: readonly SchemaFolder[]): SubjectHistory[] {
  const namesOf = rememberingNames();
  const histories = new Map<string, Map<string, SchemaVersion>>();
  let standing: ReadonlySet<string> = new Set();
  for (const [index, folder] of folders.entries()) {
    const isTip = index === folders.length - 1;
    const onProblem = (problem: Error): void => {
      if (isTip) throw couldNot(problem);
    };
    const versions = versionsIn(folder, { namesOf, onProblem });
    for (const [subject, version] of versions) {
      const history = histories.get(subject) ?? new Map<string, SchemaVersion>();
      histories.set(subject, history);
      const content = [version.text, ...version.references].join("\0");
      // What stood earlier and stands again is the newest now, under the name of the commit that brought it.
      const first = history.get(content) ?? version;
      history.delete(content);
      history.set(content, first);
    }
    standing = new Set(versions.keys());
  }
  return [...histories].map(([subject, versions]) => ({
    subject,
    versions: [...versions.values()],
    ...(!standing.has(subject) && { retired: true }),
  }));
}

function couldNot(error: unknown): Unavailable {
  return new Unavailable("git", error instanceof Error ? error.message : String(error), { cause: error });
}
