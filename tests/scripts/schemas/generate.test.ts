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

t.test(
  "typesSource() writes a type and a record for every kind of field, with what is documented",
  async (t) => {
    const fields = [
      { name: "a", type: ["null", "string"], default: null, doc: "Ends */ here\n twice." },
      { name: "b", type: { type: "array", items: ["null", "int"] } },
      {
        name: "c",
        type: { type: "map", values: { type: "enum", name: "E", symbols: ["X", "Y"], doc: "Either." } },
      },
      { name: "d", type: { type: "record", name: "In", fields: [{ name: "x", type: "bytes" }] } },
      { name: "e", type: { type: "long", logicalType: "timestamp-millis" }, doc: "When." },
      { name: "f", type: { type: "fixed", name: "F", size: 4 } },
      { name: "g", type: { type: "long", tsType: "bigint" } },
      { name: "h", type: ["null", { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 }] },
      { name: "an-odd-name", type: ["null", "In", "E", "F"] },
    ];
    const directory = folder(t, {
      "Thing.avsc": { type: "record", name: "Thing", namespace: "shop", doc: "A thing.", fields },
    });
    const source = await typesSource(directory);
    for (const part of [
      `/** Either. */
export type E = "X" | "Y";
`,
      `export interface In {
  x: Buffer;
}
`,
      `/** A thing. */
export interface Thing {
  type: "Thing";
  /** Ends *\\/ here twice. */
  a: null | string;
  b: (null | number)[];
  c: Record<string, E>;
  d: In;
  /** When. Epoch milliseconds. */
  e: number;
  f: Buffer;
  g: bigint;
  /** A decimal of scale 2: the unscaled number, big-endian two's complement. */
  h: null | Buffer;
  "an-odd-name": null | ({ type: "In" } & In) | E | Buffer;
}

export const Thing = record<Thing>("shop.Thing", {`,
      `(record: RecordType<Thing>, schemaId: number, bytes: Buffer, from?: number): Thing;`,
    ])
      t.ok(source.includes(part), `${part}\nis not in\n${source}`);
  },
);

t.test("generateTypes() calls types by names that TypeScript takes", async (t) => {
  const reason = (namespace: string) => ({ type: "enum", name: "Reason", namespace, symbols: [namespace] });
  const fields = [
    { name: "a", type: reason("shop") },
    { name: "b", type: reason("mall") },
    { name: "class", type: { type: "record", name: "string", fields: [] } },
    { name: "__proto__", type: { type: "record", name: "Odd", namespace: "mall", fields: [] } },
  ];
  const source = generateTypes(
    folder(t, {
      "Odd.avsc": { type: "record", name: "Odd", namespace: "shop", fields },
      "class.avsc": { type: "record", name: "class", namespace: "shop", fields: [] },
    }),
  );
  for (const part of [
    'export type Reason = "shop";',
    'export type mall_Reason = "mall";',
    "export interface string_ {",
    "export interface class_ {",
    "export interface Odd {",
    "export interface mall_Odd {",
    "__proto__: mall_Odd;",
  ])
    t.ok(source.includes(part), `${part} in ${source}`);
});

t.test("generateTypes() names the file that is no record", async (t) => {
  const of = (type: unknown, more: object = {}) => ({
    type: "record",
    name: "X",
    fields: [{ name: "a", type, ...more }],
  });
  const typed = { type: "record", name: "In", fields: [{ name: "type", type: "int" }] };
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [{ type: "enum", name: "X", symbols: [] }, /'schemas\/X\.avsc' must be one record named after its file/],
    [{ type: "record", name: "Y", fields: [] }, /current value is 'record Y'/],
    [["null"], /current value is 'object'/],
    [
      { type: "record", name: "X", fields: [{ name: "type", type: "int" }] },
      /a field named 'type' is reserved/,
    ],
    [of("Other"), /types of 'schemas\/X\.avsc' as 'Other' is defined in none of the schemas/],
    [of({ type: "long", logicalType: "timestamp-nanos" }), /mark the long with "tsType": "bigint"/],
    [of(["null", typed]), /'In' is told apart from other branches by 'type'/],
    [of(undefined), /a type is missing/],
  ];
  for (const [schema, message] of cases) {
    t.throws(() => generateTypes(folder(t, { "X.avsc": schema })), { name: "UsageError", message });
  }
  const files = {
    "A.avsc": { ...of(typed), name: "A" },
    "B.avsc": { ...of({ ...typed, fields: [] }), name: "B" },
  };
  t.throws(() => generateTypes(folder(t, files)), {
    message: /'In' is defined in 'schemas\/A\.avsc' and differently in 'schemas\/B\.avsc'/,
  });
});
