import t from "tap";
import { nodeOptions } from "../../../scripts/build/grants.ts";
import { PERMISSIONS, permissionsFor } from "../../../scripts/executable/permissions.ts";
import { leafCommands } from "../../_support/leaf-commands.ts";

t.test("PERMISSIONS has an entry for every command, and for nothing else", async (t) => {
  const leaves = await leafCommands();
  const missing = leaves.filter(
    (leaf) => ![leaf, leaf.split(" ")[0] ?? ""].some((name) => name in PERMISSIONS),
  );
  t.same(missing, [], "add what they need to scripts/executable/permissions.ts");
  const unused = Object.keys(PERMISSIONS).filter(
    (name) => !leaves.some((leaf) => leaf === name || leaf.startsWith(`${name} `)),
  );
  t.same(unused, []);
});

t.test("permissionsFor() takes the command's own entry before its parent's", async (t) => {
  t.same(permissionsFor(["dlq", "groups", "--json"]), { read: "secrets" });
  t.same(permissionsFor(["dlq", "export", "--file", "x"]), { read: true, write: true });
  t.same(permissionsFor(["run", "payment"]), { read: "start" });
  t.same(permissionsFor(["stack", "up", "--detach"]), PERMISSIONS.stack);
});

t.test(
  "permissionsFor() gives nothing to help, to what is no command, and to what isn't first",
  async (t) => {
    for (const line of ["", "--version", "--help", "start --help", "stack up -h", "stak up", "--json start"])
      t.same(permissionsFor(line.split(" ").filter(Boolean)), {}, line);
    t.same(permissionsFor(["constructor"]), {}, "a name that every object has");
    t.same(permissionsFor(["dlq", "--json", "export"]), { read: "secrets" }, "less, never more");
  },
);

t.test("nodeOptions() grants what some command needs and nothing else", async (t) => {
  t.same(
    nodeOptions([{}]).filter((option) => option.startsWith("--allow")),
    ["--allow-net"],
  );
  t.same(
    nodeOptions().filter((option) => option.startsWith("--allow")),
    ["--allow-net", "--allow-fs-read=*", "--allow-fs-write=*", "--allow-child-process"],
  );
});
