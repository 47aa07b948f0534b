import t from "tap";
import { readVersion } from "../../../../scripts/schemas/spec/read-version.ts";

t.test(
  "readVersion() tells of a chain of types that is deeper than the stack as of any other fault",
  async (t) => {
    const links = Array.from({ length: 9_000 }, (_, n) => ({
      ...{ type: "record", name: `R${n}` },
      fields: [{ name: "next", type: n === 8_999 ? "int" : `R${n + 1}` }],
    }));
    const text = JSON.stringify(links);
    const version = { label: "registry v1", file: "registry v1 of a-R0", record: "R0", text, references: [] };
    t.match(readVersion(version), { name: "SchemaTextError", why: "its types are nested too deeply" });
  },
);
