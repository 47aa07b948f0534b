import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import t from "tap";

const root = resolve(import.meta.dirname, "..");
const text = readFileSync(join(root, "SECURITY.md"), "utf8");

/** What looks like a file of ours: a folder's name or a file's ending. */
const PATH = /`((?:[\w.-]+\/)+[\w.-]+|\.?[\w-]+\.(?:json|md|yaml|yml|ts)|\.npmrc|Dockerfile)`/g;

/** The document's parts, by their headings. */
const parts = text.split(/^### /m).slice(1);

t.test("every file that SECURITY.md names is there", async (t) => {
  const paths = [...new Set([...text.matchAll(PATH)].map(([, path = ""]) => path))];
  t.ok(paths.length > 60, `${paths.length} files`);
  t.same(
    paths.filter((path) => !existsSync(join(root, path))),
    [],
  );
});

t.test("each boundary names what enforces, a test that proves it, and what remains", async (t) => {
  t.ok(parts.length >= 11, `${parts.length} boundaries`);
  for (const part of parts) {
    const [title = ""] = part.split("\n", 1);
    const paths = [...part.matchAll(PATH)].map(([, path = ""]) => path);
    t.ok(
      paths.some((path) => !path.startsWith("tests/")),
      `${title}: what enforces`,
    );
    t.ok(
      paths.some((path) => /^tests\/.*\.test\.ts$/.test(path)),
      `${title}: what proves`,
    );
    t.match(part, /^Remains: /m, title);
  }
});
