import { execFile } from "node:child_process";
import { Unavailable } from "../../../workers/_runtime/mod.ts";

/** Larger histories than this are refused instead of filling memory. */
const MOST_BYTES = 268_435_456;
const TIMEOUT_MS = 60_000;

/** What git printed, or how it refused. */
export type GitAnswer =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly why: string };

/** Runs git in one repository, reading only. */
export type Git = (words: readonly string[], input?: string) => Promise<GitAnswer>;

/**
 * @param root - a folder in the repository; paths that begin with `./` are relative to it
 * @throws {Unavailable} from the calls: there is no git, it doesn't end in a minute, it prints too much
 */
export function gitIn(root: string, signal: AbortSignal): Git {
  return (words, input = "") => {
    const { promise, resolve, reject } = Promise.withResolvers<GitAnswer>();
    const child = execFile(
      "git",
      ["-C", root, ...words],
      {
        encoding: "buffer",
        maxBuffer: MOST_BYTES,
        timeout: TIMEOUT_MS,
        signal,
        // A partial clone would ask for a password while it fetches; a hook's GIT_DIR would be another repository.
        env: {
          ...withoutRepository(process.env),
          GIT_TERMINAL_PROMPT: "0",
          GIT_OPTIONAL_LOCKS: "0",
          LC_ALL: "C",
        },
      },
      (error, stdout, stderr) => {
        const said = stderr.toString().trim();
        if (error === null) return resolve({ ok: true, bytes: stdout });
        // A number is git's own exit code; everything else is about the process.
        if (typeof error.code === "number")
          return resolve({ ok: false, why: said || `git ended with ${error.code}` });
        reject(
          new Unavailable("git", `Cannot read the history as ${processFailure(error)}`, { cause: error }),
        );
      },
    );
    // git may end before it has read all of it: then its exit code says why.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
    return promise;
  };
}

/** False too where there is no git. */
export async function isRepository(root: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await gitIn(root, signal)(["rev-parse", "--git-dir"])).ok;
  } catch (error) {
    if (error instanceof Unavailable) return false;
    throw error;
  }
}

function processFailure(error: Error & { code?: unknown; killed?: boolean }): string {
  if (error.code === "ENOENT") return "there is no git: install it, or compare with --against snapshot";
  if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return `git printed more than ${MOST_BYTES} bytes`;
  if (error.killed === true) return `git did not end within ${TIMEOUT_MS / 1000} s`;
  return `git could not be run: ${error.message}`;
}

function withoutRepository(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX)$/.test(name)),
  );
}
