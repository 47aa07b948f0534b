import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import t from "tap";
import { topics } from "../../../schemas/topics.ts";
import { parseSnapshot } from "../../../scripts/schemas/fleet/snapshot.ts";
import { subjects } from "../../../scripts/schemas/register.ts";
import { boxoffice } from "../boxoffice.ts";

const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL } = process.env;
const stack = { KAFKA_BROKERS, SCHEMA_REGISTRY_URL };
const skip = (SCHEMA_REGISTRY_URL ?? "") === "" && "SCHEMA_REGISTRY_URL is not set";

t.test("boxoffice schemas pull writes what registry and topics hold", { skip }, async (t) => {
  t.equal((await boxoffice(["schemas", "register"], stack)).code, 0);
  const pulled = await boxoffice(["schemas", "pull", "--output", "-"], stack);
  t.equal(pulled.code, 0, pulled.stderr);
  t.match(pulled.stderr, /^\d+ versions of \d+ subjects, \d+ records in \d+ topics/m);
  const snapshot = parseSnapshot(pulled.stdout, "stdout");
  for (const { subject, record } of subjects()) {
    const found = snapshot.subjects.find((each) => each.subject === subject);
    t.equal(found?.level, "FULL_TRANSITIVE", subject);
    const texts = found?.versions.map(({ text }) => JSON.parse(text));
    t.ok(
      texts?.some((schema) => isDeepStrictEqual(schema, record.schema)),
      subject,
    );
  }
  t.match(snapshot.workers.find(({ worker }) => worker === "payment")?.reads, [{ topic: "reservations" }]);
  const only = await boxoffice(["schemas", "pull", "--no-topics", "--output", "-"], stack);
  t.equal(parseSnapshot(only.stdout, "stdout").topics, null);
});

t.test("boxoffice schemas pull exits 3 when registry or Kafka is away, 2 when it can't write", async (t) => {
  const nowhere = { KAFKA_BROKERS: "127.0.0.1:1", SCHEMA_REGISTRY_URL: "http://registry.invalid" };
  const [kafka, registry, usage] = await Promise.all([
    boxoffice(["schemas", "pull", "--output", "-"], nowhere),
    boxoffice(["schemas", "pull", "--no-topics", "--output", "-"], nowhere),
    boxoffice(["schemas", "pull", "--limit", "0"], nowhere),
  ]);
  t.equal(kafka.code, 3);
  t.match(kafka.stderr, /Cannot reach Kafka at KAFKA_BROKERS=127\.0\.0\.1:1/);
  t.equal(registry.code, 3);
  t.match(registry.stderr, /Cannot reach the schema registry at registry\.invalid/);
  t.equal(usage.code, 2);
  t.match(usage.stderr, /whole number above 0/);
});

t.test("schemas/snapshot.json can be read, and is of the topics declared today", async (t) => {
  const file = "schemas/snapshot.json";
  const snapshot = parseSnapshot(readFileSync(resolve(import.meta.dirname, "../../..", file), "utf8"), file);
  t.ok(snapshot.subjects.length > 0);
  for (const { topic, kind, read } of snapshot.topics?.filter(({ kind }) => kind === "source") ?? []) {
    t.equal(kind, "source");
    t.ok(read > 0, topic);
    t.ok(
      topics.some(({ name }) => name === topic),
      topic,
    );
  }
});
