import t from "tap";
import {
  parseSnapshot,
  type Snapshot,
  snapshotHistories,
  snapshotText,
} from "../../../../scripts/schemas/fleet/snapshot.ts";

const text = '{"type":"record","name":"A","namespace":"shop","fields":[]}';
const id = (id: number) => ({
  id,
  count: 2,
  first: { partition: 0, offset: 3 },
  last: { partition: 1, offset: 9 },
});
const topic = {
  kind: "source",
  source: "b",
  worker: null,
  read: 4,
  skipped: 0,
  tombstones: 0,
  unframed: 0,
  unknown: 0,
} as const;

const SNAPSHOT: Snapshot = {
  format: 1,
  madeAt: "2026-11-24T03:00:00.000Z",
  subjects: [
    { subject: "my-topic-shop.B", level: null, versions: [] },
    {
      subject: "my-topic-shop.A",
      level: "FULL_TRANSITIVE",
      versions: [
        { version: 2, id: 7, text: "{}", references: [text] },
        { version: 1, id: 9, text, references: [] },
      ],
    },
  ],
  others: [],
  topics: [
    { topic: "b", ...topic, ids: [id(9), id(7)] },
    { topic: "a", ...topic, ids: [] },
  ],
  workers: [
    { worker: "z", reads: [{ topic: "b", records: ["y", "x"] }], emits: [] },
    { worker: "y", reads: [], emits: ["b", "a"] },
  ],
};

t.test("snapshotText() is the same whatever the order was, and is read back", async (t) => {
  const text = snapshotText(SNAPSHOT);
  const { subjects, topics, workers } = SNAPSHOT;
  const turned = {
    ...SNAPSHOT,
    subjects: subjects.toReversed(),
    topics: topics?.toReversed() ?? null,
    workers: workers.toReversed(),
  };
  t.equal(snapshotText(turned), text);
  const read = parseSnapshot(text, "s.json");
  t.equal(snapshotText(read), text);
  t.same(
    read.subjects.map(({ subject }) => subject),
    ["my-topic-shop.A", "my-topic-shop.B"],
  );
  t.same(
    read.subjects[0]?.versions.map(({ version }) => version),
    [1, 2],
  );
  t.same(
    read.topics?.map(({ topic }) => topic),
    ["a", "b"],
  );
  t.same(
    read.topics?.[1]?.ids.map(({ id }) => id),
    [7, 9],
  );
  t.same(read.workers[1]?.reads[0]?.records, ["x", "y"]);
});

t.test("snapshotText() keeps an id's counts on one line, so that a diff names it", async (t) => {
  const line =
    '{ "id": 7, "count": 2, "first": { "partition": 0, "offset": 3 }, "last": { "partition": 1, "offset": 9 } },';
  t.ok(
    snapshotText(SNAPSHOT)
      .split("\n")
      .some((each) => each.trim() === line),
  );
  for (const line of snapshotText(SNAPSHOT).split("\n")) t.ok(line.length <= 150, line);
});

t.test("snapshotHistories() gives versions as other sources do", async (t) => {
  const [, history] = snapshotHistories(SNAPSHOT);
  t.match(history, { subject: "my-topic-shop.A" });
  t.match(
    history?.versions.find(({ id }) => id === 9),
    {
      label: "snapshot v1",
      file: "snapshot v1 of my-topic-shop.A",
      record: "shop.A",
      number: 1,
      text,
    },
  );
});

t.test("parseSnapshot() names the place that is wrong, and what to do", async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["{", /Cannot read snapshot 's\.json' as SyntaxError.*make it again with 'npx boxoffice schemas pull'/],
    [
      snapshotText({ ...SNAPSHOT, madeAt: "2026-11-24T03:00:00.000Z" }).replace(
        "2026-11-24T03:00:00.000Z",
        "today",
      ),
      /'madeAt' Invalid ISO datetime/,
    ],
    [snapshotText(SNAPSHOT).replace('"id": 7,', '"id": "7",'), /'(subjects|topics)\.\d.*\.id' Invalid input/],
    [snapshotText(SNAPSHOT).replace('"format": 1', '"format": 2'), /'format' Invalid input: expected 1/],
  ];
  for (const [text, message] of cases)
    t.throws(() => parseSnapshot(text, "s.json"), { name: "UsageError", message });
});
