import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import t from "tap";
import { PERMISSIONS, type Permissions } from "../../../scripts/executable/permissions.ts";

const root = resolve(import.meta.dirname, "../../..");

function row(command: string, { read = false, write = false, child = false }: Permissions): string {
  const yesOrNo = (may: boolean) => (may ? "yes" : "no");
  const reads = {
    secrets: "secrets",
    start: "until its configuration is read",
    true: "yes",
    false: "no",
  };
  return `| \`${command}\` | ${reads[`${read}`]} | ${yesOrNo(write)} | ${yesOrNo(child)} |`;
}

t.test("docs/executable.md has every row of PERMISSIONS as it is", async (t) => {
  const text = readFileSync(join(root, "docs/executable.md"), "utf8");
  const rows = text.split("\n").filter((line) => line.startsWith("| `"));
  t.same(
    rows,
    Object.entries(PERMISSIONS).map(([command, permissions]) => row(command, permissions)),
  );
});
