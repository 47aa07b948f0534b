import t from "tap";
import { registryVersions } from "../../../../scripts/schemas/source/registry.ts";
import type { CallRegistry } from "../../../../workers/_runtime/registry-http.ts";

const signal = new AbortController().signal;
const schema = (name: string, type: string): string =>
  JSON.stringify({ type: "record", name, fields: [{ name: "f", type }] });

const ANSWERS: Readonly<Record<string, object>> = {
  "/subjects": ["seats-box.B", "seats-box.A", "seats-x1-box.A", "other-box.A", "row"],
  "/subjects/seats-box.A/versions": [2, 1],
  "/subjects/seats-box.A/versions/1": { id: 7, version: 1, schema: schema("box.A", "int") },
  "/subjects/seats-box.A/versions/2": {
    id: 8,
    version: 2,
    schema: schema("box.A", "box.Seat"),
    references: [{ name: "box.Seat", subject: "seat", version: 1 }],
  },
  "/subjects/seat/versions/1": {
    id: 3,
    version: 1,
    schema: schema("box.Seat", "box.Row"),
    references: [{ name: "box.Row", subject: "row", version: 4 }],
  },
  "/subjects/row/versions/4": { id: 2, version: 4, schema: schema("box.Row", "int") },
  "/subjects/seats-box.B/versions": [],
};

function registry(answers: Readonly<Record<string, object>>, asked: string[] = []): CallRegistry {
  return async ({ path }) => {
    asked.push(path);
    const body = answers[path];
    return body === undefined
      ? { ok: false, status: 404, code: 40401, message: "Subject not found" }
      : { ok: true, body: { ...body } };
  };
}

t.test(
  "registryVersions() gives every version of our topics' subjects, references the innermost first",
  async (t) => {
    const asked: string[] = [];
    const histories = await registryVersions(registry(ANSWERS, asked), ["seats", "halls"], signal);
    t.same(histories, [
      {
        subject: "seats-box.A",
        versions: [
          {
            label: "registry v1",
            file: "registry v1 of seats-box.A",
            record: "box.A",
            text: schema("box.A", "int"),
            references: [],
            id: 7,
            number: 1,
          },
          {
            label: "registry v2",
            file: "registry v2 of seats-box.A",
            record: "box.A",
            text: schema("box.A", "box.Seat"),
            references: [schema("box.Row", "int"), schema("box.Seat", "box.Row")],
            id: 8,
            number: 2,
          },
        ],
      },
      { subject: "seats-box.B", versions: [] },
    ]);
    t.equal(asked.length, new Set(asked).size, "nothing is asked twice");
  },
);

t.test("registryVersions() throws Unavailable for what a registry shouldn't answer", async (t) => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [
      { id: "7", schema: "{}" },
      /Cannot read version 1 of 'seats-box\.A' in the schema registry: the answer has no id/,
    ],
    [{ id: 7, schema: "{}", references: [{}] }, /a reference has no subject/],
    [
      { id: 7, schema: "{}", references: [{ subject: "none", version: 1 }] },
      /Cannot read version 1 of 'none'/,
    ],
    [
      { id: 7, schema: "{}", references: [{ subject: "seats-box.A", version: 1 }] },
      /references are nested over 32 deep/,
    ],
  ];
  for (const [answer, message] of cases) {
    const call = registry({ ...ANSWERS, "/subjects/seats-box.A/versions/1": answer });
    await t.rejects(registryVersions(call, ["seats"], signal), { name: "Unavailable", message });
  }
});
