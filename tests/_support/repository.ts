import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Test } from "tap";

/** A git repository of its own, removed after the test. */
export interface Repository {
  readonly root: string;
  git(...words: readonly string[]): string;
  write(path: string, content: string | object): void;
  remove(path: string): void;
  /** Commits everything as it is on disk and returns the commit's short hash. */
  commit(message: string): string;
}

/** @param t - when it ends, the repository is removed */
export function temporaryRepository(t: Test): Repository {
  const root = mkdtempSync(join(tmpdir(), "boxoffice-repository-"));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const repository = openRepository(root);
  repository.git("init", "--quiet", "--initial-branch=main");
  return repository;
}

export function openRepository(root: string): Repository {
  const git = (...words: readonly string[]): string =>
    execFileSync("git", ["-C", root, "-c", "user.name=Test", "-c", "user.email=test@box.example", ...words], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: root, GIT_CONFIG_NOSYSTEM: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  return {
    root,
    git,
    write(path, content) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(
        join(root, path),
        typeof content === "string" ? content : `${JSON.stringify(content, null, 2)}\n`,
      );
    },
    remove: (path) => rmSync(join(root, path)),
    commit(message) {
      git("add", "--all");
      git("commit", "--quiet", "--allow-empty", `--message=${message}`);
      return git("rev-parse", "--short=7", "HEAD");
    },
  };
}

/** A `topics.ts` that declares these topics, for whoever reads it as text. */
export function topicsSource(topics: Readonly<Record<string, readonly string[]>>): string {
  const declared = Object.entries(topics).map(
    ([name, records]) =>
      `export const t_${name} = topic({\n  name: "${name}",\n  records: [${records.join(", ")}],\n});\n`,
  );
  return declared.join("\n");
}
