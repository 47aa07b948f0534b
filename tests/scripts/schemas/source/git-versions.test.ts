import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { gitIn } from "../../../../scripts/schemas/source/git.ts";
import { gitVersions } from "../../../../scripts/schemas/source/git-versions.ts";
import { mergeBaseVersions, targetBranch } from "../../../../scripts/schemas/source/merge-base.ts";
import type { SubjectHistory } from "../../../../scripts/schemas/version.ts";
import { type Repository, temporaryRepository, topicsSource } from "../../../_support/repository.ts";

const signal = new AbortController().signal;

function schema(name: string, ...fields: readonly string[]): object {
  const typed = fields.map((field) => ({ name: field, type: "string" }));
  return { type: "record", name, namespace: "box", fields: typed };
}

/** main: A with one field, then with two; B beside it. */
function prepared(t: Test): { readonly repository: Repository; readonly commits: readonly string[] } {
  const repository = temporaryRepository(t);
  repository.write("schemas/topics.ts", topicsSource({ seats: ["A"] }));
  repository.write("schemas/A.avsc", schema("A", "one"));
  const first = repository.commit("A");
  repository.write("schemas/A.avsc", schema("A", "one", "two"));
  const second = repository.commit("A has two");
  repository.write("README.md", "nothing about schemas");
  repository.commit("read me");
  repository.write("schemas/topics.ts", topicsSource({ seats: ["A"], halls: ["A", "B"] }));
  repository.write("schemas/B.avsc", schema("B", "one"));
  const third = repository.commit("B");
  return { repository, commits: [first, second, third] };
}

function shown(histories: readonly SubjectHistory[]): Record<string, unknown> {
  return Object.fromEntries(
    histories.map(({ subject, versions, retired }) => [
      subject,
      [...versions.map(({ label }) => label), ...(retired ? ["retired"] : [])],
    ]),
  );
}

t.test("gitVersions() gives every version a subject ever had, oldest first", async (t) => {
  const { repository, commits } = prepared(t);
  const [first, second, third] = commits;
  const histories = await gitVersions(gitIn(repository.root, signal), "main");
  t.same(shown(histories), {
    "seats-box.A": [`git:${first}`, `git:${second}`],
    // On another topic since the third commit only.
    "halls-box.A": [`git:${third}`],
    "halls-box.B": [`git:${third}`],
  });
  const oldest = histories[0]?.versions[0];
  t.equal(oldest?.file, `${first}:schemas/A.avsc`);
  t.equal(oldest?.record, "box.A");
  t.equal(repository.git("show", oldest?.file ?? ""), oldest?.text.trim());
});

t.test("gitVersions() counts versions of merged branches, and the ref's own is the newest", async (t) => {
  const { repository } = prepared(t);
  repository.git("checkout", "--quiet", "-b", "side", "HEAD~3");
  repository.write("schemas/A.avsc", schema("A", "one", "sideways"));
  const side = repository.commit("on the side");
  repository.git("checkout", "--quiet", "main");
  repository.git("merge", "--quiet", "--strategy=ours", "--message=ours", "side");
  const [history] = await gitVersions(gitIn(repository.root, signal), "HEAD");
  const labels = history?.versions.map(({ label }) => label) ?? [];
  t.ok(labels.includes(`git:${side}`));
  t.match(history?.versions.at(-1)?.text, '"two"');
});

t.test("gitVersions() puts what was reverted last, once", async (t) => {
  const { repository, commits } = prepared(t);
  const [first, second] = commits;
  repository.write("schemas/A.avsc", schema("A", "one"));
  repository.commit("back");
  const [history] = await gitVersions(gitIn(repository.root, signal), "main");
  t.same(
    history?.versions.map(({ label }) => label),
    [`git:${second}`, `git:${first}`],
  );
});

t.test(
  "gitVersions() says which subjects are only in the past, and leaves out what never could be read",
  async (t) => {
    const { repository, commits } = prepared(t);
    const [first, second, third] = commits;
    repository.write("schemas/B.avsc", "{ not json");
    repository.commit("broken");
    repository.remove("schemas/B.avsc");
    repository.write("schemas/topics.ts", topicsSource({ seats: ["A"] }));
    repository.commit("B is gone");
    t.same(shown(await gitVersions(gitIn(repository.root, signal), "main")), {
      "seats-box.A": [`git:${first}`, `git:${second}`],
      "halls-box.A": [`git:${third}`, "retired"],
      "halls-box.B": [`git:${third}`, "retired"],
    });
  },
);

t.test("gitVersions() follows references to other files at the same commit", async (t) => {
  const repository = temporaryRepository(t);
  const seat = (symbol: string): object => ({ type: "enum", name: "box.Row", symbols: [symbol] });
  repository.write("schemas/topics.ts", topicsSource({ seats: ["A"] }));
  repository.write("schemas/A.avsc", {
    type: "record",
    name: "box.A",
    fields: [{ name: "row", type: "Row" }],
  });
  repository.write("schemas/Row.avsc", seat("X"));
  repository.commit("X");
  repository.write("schemas/Row.avsc", seat("Y"));
  repository.commit("Y");
  const [history] = await gitVersions(gitIn(repository.root, signal), "main");
  t.same(
    history?.versions.map(({ references }) => references.map((text) => JSON.parse(text))),
    [[seat("X")], [seat("Y")]],
  );
});

t.test("gitVersions() throws Unavailable when it can't know, saying what to do", async (t) => {
  const { repository } = prepared(t);
  const git = gitIn(repository.root, signal);
  await t.rejects(gitVersions(git, "nowhere"), {
    name: "Unavailable",
    message: /no such commit.*fetch-depth: 0/,
  });
  await t.rejects(gitVersions(git, "--all"), { name: "Unavailable", message: /no such commit/ });
  repository.write("schemas/B.avsc", "{ not json");
  repository.commit("broken");
  await t.rejects(gitVersions(git, "main"), {
    name: "Unavailable",
    message: /Cannot read schema '\w+:schemas\/B\.avsc'/,
  });
  repository.git("rm", "--quiet", "-r", "schemas");
  repository.commit("no schemas");
  await t.rejects(gitVersions(git, "main"), {
    name: "Unavailable",
    message: /it has no 'schemas\/\*\.avsc'/,
  });

  const shallow = mkdtempSync(join(tmpdir(), "boxoffice-shallow-"));
  t.teardown(() => rmSync(shallow, { recursive: true, force: true }));
  repository.git("clone", "--quiet", "--depth=1", `file://${repository.root}`, shallow);
  await t.rejects(gitVersions(gitIn(shallow, signal), "HEAD"), {
    name: "Unavailable",
    message: /shallow.*fetch-depth: 0/,
  });

  const bare = mkdtempSync(join(tmpdir(), "boxoffice-no-repository-"));
  t.teardown(() => rmSync(bare, { recursive: true, force: true }));
  cpSync(join(shallow, "README.md"), join(bare, "README.md"));
  await t.rejects(gitVersions(gitIn(bare, signal), "main"), {
    name: "Unavailable",
    message: /no git repository/,
  });

  const { PATH } = process.env;
  process.env.PATH = bare;
  t.teardown(() => {
    process.env.PATH = PATH;
  });
  await t.rejects(gitVersions(git, "main"), { name: "Unavailable", message: /there is no git/ });
});

t.test(
  "mergeBaseVersions() compares with where the branch left its target, not with the target's newest",
  async (t) => {
    const { repository, commits } = prepared(t);
    const [first, second, third] = commits;
    repository.git("checkout", "--quiet", "-b", "mine");
    repository.write("schemas/A.avsc", schema("A", "mine"));
    repository.commit("mine");
    repository.git("checkout", "--quiet", "main");
    repository.write("schemas/A.avsc", schema("A", "theirs"));
    repository.commit("theirs");
    repository.git("checkout", "--quiet", "mine");
    const git = gitIn(repository.root, signal);
    const expected = {
      "seats-box.A": [`git:${first}`, `git:${second}`],
      "halls-box.A": [`git:${third}`],
      "halls-box.B": [`git:${third}`],
    };
    t.same(shown(await mergeBaseVersions(git, "main")), expected);
    t.same(shown(await mergeBaseVersions(git, undefined)), expected);
    await t.rejects(mergeBaseVersions(git, "origin/other"), { name: "Unavailable" });
    repository.git("checkout", "--quiet", "--orphan", "stranger");
    repository.commit("stranger");
    await t.rejects(mergeBaseVersions(git, "main"), { name: "Unavailable", message: /no commit in common/ });
  },
);

t.test("targetBranch() is what the CI system says", async (t) => {
  t.equal(targetBranch({ GITHUB_BASE_REF: "next" }), "origin/next");
  t.equal(targetBranch({ CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main" }), "origin/main");
  t.equal(targetBranch({ GITHUB_BASE_REF: "" }), undefined);
});
