import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Test } from "tap";
import { openRepository, type Repository } from "./repository.ts";

const root = resolve(import.meta.dirname, "../..");

/** The project as GitHub would check it out, with main as it is and a branch to change it on; removed after the test. */
export function cloneProject(t: Test): Repository {
  const folder = mkdtempSync(join(tmpdir(), "boxoffice-clone-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  for (const part of ["workers", "schemas", "scripts", "bin", "package.json"])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules")))
    if (name !== ".bin") symlinkSync(join(root, "node_modules", name), join(modules, name));
  // The clone's own program, as bin/link.js does it.
  symlinkSync("../../bin/boxoffice.js", join(modules, ".bin", "boxoffice"));
  writeFileSync(join(folder, ".gitignore"), "node_modules\nsummary.md\n*.sarif\n");
  const repository = openRepository(folder);
  repository.git("init", "--quiet", "--initial-branch=main");
  repository.commit("as it is");
  repository.git("update-ref", "refs/remotes/origin/main", "main");
  repository.git("checkout", "--quiet", "-b", "change");
  return repository;
}
