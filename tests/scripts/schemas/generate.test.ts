import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import t from "tap";
import { generateTypes } from "../../../scripts/schemas/generate.ts";
import { typesSource } from "../../../scripts/schemas/types.ts";

type Tap = Pick<typeof t, "teardown">;

function folder(t: Tap, files: Readonly<Record<string, unknown>>): string {
  const directory = mkdtempSync(join(tmpdir(), "boxoffice-schemas-"));
  t.teardown(() => rmSync(directory, { recursive: true }));
  for (const [name, schema] of Object.entries(files))
    writeFileSync(join(directory, name), JSON.stringify(schema));
  return directory;
}

t.test("schemas/types.ts is up to date with schemas/*.avsc", async (t) => {
  const directory = resolve(import.meta.dirname, "../../../schemas");
  t.equal(
    readFileSync(join(directory, "types.ts"), "utf8"),
    await typesSource(directory),
    "run 'npx boxoffice schemas types'",
  );
});

t.test("typesSource() writes a type and a record for every kind of field", async (t) => {
  const fields = [
    { name: "a", type: ["null", "string"], default: null, doc: "Ends */ here\n twice." },
    { name: "b", type: { type: "array", items: ["null", "int"] } },
    { name: "c", type: { type: "map", values: { type: "enum", name: "E", symbols: ["X", "Y"] } } },
    { name: "d", type: { type: "record", name: "In", fields: [{ name: "x", type: "bytes" }] } },
    { name: "e", type: { type: "long", logicalType: "timestamp-millis" } },
    { name: "f", type: { type: "fixed", name: "F", size: 4 } },
  ];
  const directory = folder(t, {
    "Thing.avsc": { type: "record", name: "Thing", namespace: "shop", doc: "A thing.", fields },
  });
  const source = await typesSource(directory);
  t.match(
    source,
    `/** A thing. */
export interface Thing {
  type: "Thing";
  /** Ends *\\/ here twice. */
  a: null | string;
  b: (null | number)[];
  c: Record<string, "X" | "Y">;
  d: {
    x: Buffer;
  };
  e: number;
  f: Buffer;
}

export const Thing = record<Thing>("shop.Thing", {`,
  );
});

t.test("generateTypes() names the file that is no record", async (t) => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [{ type: "enum", name: "X", symbols: [] }, /'schemas\/X\.avsc' must be one record named after its file/],
    [{ type: "record", name: "Y", fields: [] }, /current value is 'record Y'/],
    [
      { type: "record", name: "X", fields: [{ name: "type", type: "int" }] },
      /a field named 'type' is reserved/,
    ],
    [{ type: "record", name: "X", fields: [{ name: "a", type: "Other" }] }, /'Other' must be spelled out/],
  ];
  for (const [schema, message] of cases) {
    t.throws(() => generateTypes(folder(t, { "X.avsc": schema })), { name: "UsageError", message });
  }
});
