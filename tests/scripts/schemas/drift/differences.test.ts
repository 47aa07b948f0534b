import t from "tap";
import { differences, type Sides } from "../../../../scripts/schemas/drift/differences.ts";
import type { SchemaVersion, SubjectHistory } from "../../../../scripts/schemas/version.ts";

const version = (label: string, schema: object, references: readonly string[] = []): SchemaVersion => ({
  ...{ label, file: label, record: "box.A", references, id: 7 },
  text: JSON.stringify(schema, null, label === "checkout" ? 2 : 0),
});
const a1 = { type: "record", name: "A", namespace: "box", fields: [] };
const a2 = { ...a1, doc: "Two." };
const one = (subject: string, ...versions: readonly SchemaVersion[]): SubjectHistory => ({
  subject,
  versions,
});

function sides(more: Partial<Sides>): Sides {
  return {
    checkout: [one("seats-box.A", version("checkout", a2))],
    history: [one("seats-box.A", version("git:1", a1))],
    registry: [one("seats-box.A", version("registry v1", a1), version("registry v2", a2))],
    levels: new Map([["seats-box.A", "FULL"]]),
    levelOf: () => "FULL",
    ...more,
  };
}

t.test("differences() finds none where both say the same, however it is written", async (t) => {
  t.same(differences(sides({})), []);
  const turned = { fields: [], doc: "Two.", namespace: "box", name: "A", type: "record" };
  t.same(differences(sides({ registry: [one("seats-box.A", version("registry v1", turned))] })), []);
  const inner = { type: "fixed", name: "box.F", size: 2 };
  const refers = { ...a1, fields: [{ name: "f", type: "box.F" }] };
  const written = { ...a1, fields: [{ name: "f", type: inner }] };
  const byName = sides({
    checkout: [one("seats-box.A", version("checkout", refers, [JSON.stringify(inner)]))],
    registry: [one("seats-box.A", version("registry v1", written))],
  });
  t.same(differences(byName), []);
});

t.test("differences() tells each kind", async (t) => {
  const cases: readonly (readonly [Partial<Sides>, string, RegExp])[] = [
    [
      {
        registry: [
          one("seats-box.A", version("registry v1", a2)),
          one("seats-box.B", version("registry v1", a1)),
        ],
      },
      "undeclared subject",
      /the registry has 1 version of it/,
    ],
    [
      { registry: [one("seats-box.A", version("registry v1", a1))] },
      "not registered",
      /the newest is registry v1/,
    ],
    [{ registry: [], levels: new Map() }, "not registered", /no version is/],
    [{ history: [] }, "unknown version", /registry v1 \(id 7\) is no version that this repository ever had/],
    [{ levels: new Map([["seats-box.A", "NONE"]]) }, "level", /is NONE, and FULL is declared/],
    [{ levels: new Map() }, "level", /is the registry's default/],
  ];
  for (const [more, kind, what] of cases) {
    t.match(differences(sides(more)), [{ kind, what }]);
    t.equal(differences(sides(more)).length, 1, kind);
  }
  const protobuf = { ...version("registry v3", {}), text: 'syntax = "proto3";' };
  t.match(differences(sides({ registry: [one("seats-box.A", version("registry v2", a2), protobuf)] })), [
    { kind: "unknown version" },
  ]);
});
