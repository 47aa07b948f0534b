import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { readConcertFile } from "../../../scripts/concerts/concert-file.ts";
import { UsageError } from "../../../workers/_runtime/mod.ts";

const folder = mkdtempSync(join(tmpdir(), "concerts-"));
t.teardown(() => rmSync(folder, { recursive: true }));

let files = 0;
function fileOf(content: unknown): string {
  const file = join(folder, `${files++}.json`);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

const concert = {
  concertId: "gala",
  name: "Gala",
  hall: "Hall",
  currency: "EUR",
  startsAt: "2035-06-01T19:30:00+02:00",
  cutOffAt: "2035-06-01T12:00:00Z",
  rows: [{ name: "A", seats: 10, price: 5_000 }],
};

t.test("readConcertFile() reads one concert or a list, times as epoch milliseconds", async (t) => {
  const expected = {
    ...concert,
    type: "Concert",
    startsAt: Date.UTC(2035, 5, 1, 17, 30),
    cutOffAt: Date.UTC(2035, 5, 1, 12),
  };
  t.same(readConcertFile(fileOf(concert)), [expected]);
  const second = { ...concert, concertId: "more" };
  t.same(readConcertFile(fileOf([concert, second])), [expected, { ...expected, concertId: "more" }]);
});

t.test("readConcertFile() tells every error at once, each with its place", async (t) => {
  const file = fileOf([
    { ...concert, concertId: "No Good", extra: 1 },
    {
      ...concert,
      cutOffAt: "2035-06-02T00:00:00Z",
      rows: [...concert.rows, { name: "A", seats: 10, price: 5_000 }],
    },
    { ...concert, rows: [{ name: "a-1", seats: 0, price: 1.5 }], startsAt: "tomorrow" },
  ]);
  const error = t.throws(() => readConcertFile(file), UsageError);
  const message = error instanceof Error ? error.message : "";
  for (const place of [
    file,
    "[0].concertId: must be 1 to 64 lower-case",
    "[0]: Unrecognized key",
    "[1].cutOffAt: must not be after startsAt",
    "[1].rows[1].name: is taken by an earlier row",
    "[2].rows[0].name: must be 1 to 8 capital letters and digits",
    "[2].rows[0].seats: ",
    "[2].rows[0].price: ",
    "[2].startsAt: ",
  ])
    t.ok(message.includes(place), `${place}\n${message}`);
});

t.test("readConcertFile() refuses a concert twice, a hall too large, and what is no JSON file", async (t) => {
  t.throws(
    () => readConcertFile(fileOf([concert, concert])),
    /\[1\]\.concertId: is taken by an earlier concert/,
  );
  const rows = Array.from({ length: 101 }, (_, i) => ({ name: `R${i}`, seats: 500, price: 1 }));
  t.throws(() => readConcertFile(fileOf({ ...concert, rows })), /rows: have 50500 seats, at most 50000/);
  t.throws(() => readConcertFile(fileOf("{")), { name: "UsageError", message: /must be a JSON file/ });
  t.throws(() => readConcertFile(join(folder, "none.json")), { name: "UsageError", message: /ENOENT/ });
});

t.test("grand-hall.json is a hall of exactly 15,000 seats, dearer in front", async (t) => {
  const [hall, ...more] = readConcertFile("scripts/concerts/grand-hall.json");
  t.same(more, []);
  const rows = hall?.rows ?? [];
  t.equal(
    rows.reduce((sum, row) => sum + row.seats, 0),
    15_000,
  );
  t.ok(rows.every((row, i) => i === 0 || row.price <= (rows[i - 1]?.price ?? 0)));
});
