import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import t from "tap";
import { findTests } from "./files.ts";

const root = mkdtempSync(join(tmpdir(), "boxoffice-files-"));
t.teardown(() => rmSync(root, { recursive: true }));
const FILES = [
  "a/one.test.ts",
  "a/two.alone.test.ts",
  "b/three.test.ts",
  "bench/four.test.ts",
  "a/helper.ts",
];
for (const file of FILES) {
  mkdirSync(dirname(join(root, "tests", file)), { recursive: true });
  writeFileSync(join(root, "tests", file), "");
}

t.test("findTests() finds all, those that want to be alone apart", async (t) => {
  t.same(findTests(root, []), {
    together: ["tests/a/one.test.ts", "tests/b/three.test.ts", "tests/bench/four.test.ts"],
    alone: ["tests/a/two.alone.test.ts"],
  });
});

t.test("findTests() takes files and folders, each file once", async (t) => {
  const paths = [join(root, "tests/a"), join(root, "tests/a/one.test.ts"), join(root, "tests/bench")];
  t.same(findTests(root, paths), {
    together: ["tests/a/one.test.ts", "tests/bench/four.test.ts"],
    alone: ["tests/a/two.alone.test.ts"],
  });
});

t.test("findTests() throws UsageError on a path without tests", async (t) => {
  for (const path of ["tests/none", "tests/a/helper.ts"]) {
    t.throws(() => findTests(root, [join(root, path)]), {
      name: "UsageError",
      message: `${path}' as it holds no`,
    });
  }
});
