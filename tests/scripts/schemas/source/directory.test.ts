import { join } from "node:path";
import t, { type Test } from "tap";
import { checkoutVersions } from "../../../../scripts/schemas/source/checkout.ts";
import { dirVersions } from "../../../../scripts/schemas/source/directory.ts";
import { topicsSource } from "../../../_support/repository.ts";

const record = (name: string, type: string): string =>
  JSON.stringify({ type: "record", name, namespace: "box", fields: [{ name: "f", type }] });

function folder(t: Test, files: Readonly<Record<string, string>>): string {
  const tree: Record<string, Record<string, string>> = {};
  for (const [path, text] of Object.entries(files)) {
    const [first = "", second] = path.split("/");
    if (second === undefined) continue;
    tree[first] = { ...tree[first], [second]: text };
  }
  return t.testdir(tree);
}

t.test("checkoutVersions() gives the one version of each subject that is on disk", async (t) => {
  const topics = topicsSource({ seats: ["A", "B"], halls: ["B"] });
  const root = folder(t, {
    "schemas/topics.ts": topics,
    "schemas/A.avsc": record("A", "int"),
    "schemas/B.avsc": record("B", "long"),
  });
  const histories = checkoutVersions(root);
  t.same(
    histories.map(({ subject }) => subject),
    ["seats-box.A", "seats-box.B", "halls-box.B"],
  );
  t.same(histories[0]?.versions, [
    { label: "checkout", file: "schemas/A.avsc", record: "box.A", text: record("A", "int"), references: [] },
  ]);
});

t.test(
  "checkoutVersions() throws UsageError for no schemas, one that is no JSON, one that is missing",
  async (t) => {
    const topics = topicsSource({ seats: ["A"] });
    const cases: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
      [{ "schemas/topics.ts": topics }, /there is no 'schemas\/\*\.avsc'/],
      [{ "schemas/A.avsc": record("A", "int") }, /there is no 'schemas\/topics\.ts'/],
      [
        { "schemas/A.avsc": "{ not json", "schemas/topics.ts": topics },
        /Cannot read schema 'schemas\/A\.avsc'/,
      ],
      [{ "schemas/A.avsc": '"string"', "schemas/topics.ts": topics }, /it must be one record with a name/],
      [
        { "schemas/B.avsc": record("B", "int"), "schemas/topics.ts": topics },
        /there is no 'schemas\/A\.avsc': topic 'seats'/,
      ],
    ];
    for (const [files, message] of cases) {
      t.throws(() => checkoutVersions(folder(t, files)), { message });
    }
  },
);

t.test("dirVersions() reads a folder of subjects, in the order of their numbers", async (t) => {
  const root = folder(t, {
    "seats-box.A/10.avsc": record("A", "string"),
    "seats-box.A/2.avsc": record("A", "long"),
    "seats-box.A/v1.avsc": record("A", "int"),
    "seats-box.A/notes.txt": "no version",
  });
  const [history] = dirVersions(root, []);
  t.equal(history?.subject, "seats-box.A");
  t.same(
    history?.versions.map(({ label, file }) => [label, file]),
    [
      ["dir v1", join(root, "seats-box.A/v1.avsc")],
      ["dir v2", join(root, "seats-box.A/2.avsc")],
      ["dir v10", join(root, "seats-box.A/10.avsc")],
    ],
  );
});

t.test("dirVersions() finds what a version refers to among the folder's other types", async (t) => {
  const [money, cents] = [record("Money", "int"), record("Money", "long")];
  const paid = record("Paid", "Money");
  const root = folder(t, {
    "box.Money/1.avsc": money,
    "box.Money/2.avsc": cents,
    "seats-box.Paid/1.avsc": paid,
  });
  t.match(dirVersions(root, []), [
    { subject: "seats-box.Paid", versions: [{ text: paid, references: [cents] }] },
  ]);
  t.equal(dirVersions(root, []).length, 1, "a type by itself is nobody's subject");
});

t.test("dirVersions() reads another checkout's schemas, by its topics or else by ours", async (t) => {
  const root = folder(t, { "schemas/A.avsc": record("A", "int"), "schemas/B.avsc": record("B", "int") });
  const ours = [{ name: "seats", records: ["A", "C"] }];
  t.same(
    dirVersions(join(root, "schemas"), ours).map(({ subject }) => subject),
    ["seats-box.A"],
  );
  const declared = folder(t, {
    "schemas/A.avsc": record("A", "int"),
    "schemas/topics.ts": topicsSource({ halls: ["A"] }),
  });
  t.same(
    dirVersions(join(declared, "schemas"), ours).map(({ subject }) => subject),
    ["halls-box.A"],
  );
});

t.test("dirVersions() throws Unavailable for what isn't there, is empty or can't be read", async (t) => {
  const root = folder(t, { "empty/readme.txt": "", "bad/A.avsc": "{", "numbers/readme.txt": "" });
  const ours = [{ name: "seats", records: ["A"] }];
  t.throws(() => dirVersions(join(root, "none"), ours), { name: "Unavailable", message: /no such folder/ });
  t.throws(() => dirVersions(join(root, "empty"), ours), {
    name: "Unavailable",
    message: /there is no \*\.avsc/,
  });
  t.throws(() => dirVersions(root, ours), { name: "Unavailable", message: /Cannot compare with 'dir:/ });
  t.throws(() => dirVersions(join(root, "bad"), ours), {
    name: "Unavailable",
    message: /Cannot read schema/,
  });
});
