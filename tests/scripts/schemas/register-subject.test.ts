import { randomUUID } from "node:crypto";
import t from "tap";
import { registerSubject, type Subject } from "../../../scripts/schemas/register-subject.ts";
import { connectSubjects } from "../../../scripts/schemas/subjects.ts";
import { type AvroSchema, record } from "../../../workers/_runtime/event.ts";
import { type CallRegistry, registryCalls } from "../../../workers/_runtime/registry-http.ts";

const url = process.env.SCHEMA_REGISTRY_URL ?? "";
const signal = new AbortController().signal;
const field = (name: string, more: object = {}) => ({ name, type: "string", ...more });
const schemaOf = (...fields: readonly object[]): AvroSchema => ({
  type: "record",
  name: "shop.Paid",
  fields,
});

/** The real registry with a list of what it was asked to change. */
function connect() {
  const changes: string[] = [];
  const call = registryCalls({ url, auth: undefined }, 200_000);
  const noting: CallRegistry = async (request, signal) => {
    if (request.method === "PUT" || /^\/subjects\/[^/]*\/versions$/.test(request.path)) {
      changes.push(`${request.method} ${request.path.split("/")[1]}`);
    }
    return await call(request, signal);
  };
  return { port: connectSubjects(noting, signal), changes };
}

t.test("registerSubject()", { skip: url === "" && "SCHEMA_REGISTRY_URL is not set" }, async (t) => {
  const subjectOf = (schema: AvroSchema, mark = randomUUID()): Subject => ({
    subject: `t${mark}-shop.Paid`,
    topic: `t${mark}`,
    record: record("shop.Paid", schema),
  });

  await t.test("registerSubject() sets the level first, then registers; again does nothing", async (t) => {
    const { port, changes } = connect();
    const subject = subjectOf(schemaOf(field("id")));
    const first = await registerSubject(port, subject, "FULL_TRANSITIVE", false);
    t.match(first, {
      action: "registered",
      level: "FULL_TRANSITIVE",
      levelBefore: null,
      version: 1,
      reason: null,
    });
    t.type(first.id, "number");
    t.same(changes, ["PUT config", "POST subjects"]);
    const again = await registerSubject(port, subject, "FULL_TRANSITIVE", false);
    t.match(again, { action: "unchanged", levelBefore: "FULL_TRANSITIVE", id: first.id, version: 1 });
    t.same(changes.length, 2);
  });

  await t.test(
    "registerSubject() takes a compatible version, refuses others with the registry's reason",
    async (t) => {
      const { port } = connect();
      const mark = randomUUID();
      const versions: readonly (readonly [AvroSchema, string])[] = [
        [schemaOf(field("id")), "registered"],
        [schemaOf(field("id"), field("note", { default: "" })), "registered"],
        [schemaOf(field("id"), field("must")), "refused"],
        [schemaOf(field("note", { default: "" })), "refused"],
        [schemaOf(field("id", { type: "int" })), "refused"],
      ];
      for (const [schema, action] of versions) {
        const dry = await registerSubject(port, subjectOf(schema, mark), "FULL_TRANSITIVE", true);
        t.equal(dry.action, action === "registered" ? "to be registered" : "refused", JSON.stringify(schema));
        const result = await registerSubject(port, subjectOf(schema, mark), "FULL_TRANSITIVE", false);
        t.equal(result.action, action, JSON.stringify(schema));
        t.equal(result.reason === null, action === "registered");
        if (result.reason !== null) t.match(result.reason, /^Incompatible artifact/);
      }
      const { version } = await registerSubject(
        port,
        subjectOf(schemaOf(field("id")), mark),
        "FULL_TRANSITIVE",
        false,
      );
      t.equal(version, 1, "an older version is still there");
    },
  );

  await t.test("registerSubject() of a dry run changes nothing", async (t) => {
    const { port, changes } = connect();
    const subject = subjectOf(schemaOf(field("id")));
    for (const _ of [1, 2]) {
      t.match(await registerSubject(port, subject, "FULL", true), {
        action: "to be registered",
        id: null,
        levelBefore: null,
      });
    }
    t.same(changes, []);
    await registerSubject(port, subject, "BACKWARD", false);
    t.match(await registerSubject(port, subject, "FULL", true), {
      action: "level to be set",
      levelBefore: "BACKWARD",
    });
    t.match(await registerSubject(port, subject, "FULL", false), {
      action: "level set",
      levelBefore: "BACKWARD",
    });
    t.match(await registerSubject(port, subject, "FULL", false), { action: "unchanged" });
  });

  await t.test("registerSubject() gives the reason when the registry can't read the schema", async (t) => {
    const { port } = connect();
    const result = await registerSubject(port, subjectOf({ type: "nothing" }), "FULL", false);
    t.equal(result.action, "refused");
    t.ok(result.reason);
  });
});

t.test("registerSubject() throws Unavailable for an outage", async (t) => {
  const port = connectSubjects(
    registryCalls({ url: "http://registry.invalid", auth: undefined }, 1_000),
    signal,
  );
  const subject = { subject: "a-b", topic: "a", record: record("b", schemaOf()) };
  await t.rejects(registerSubject(port, subject, "FULL", false), {
    name: "Unavailable",
    dependency: "registry",
  });
});
