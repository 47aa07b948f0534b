import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { AvroSchemaParser } from "@asyncapi/avro-schema-parser";
import { DiagnosticSeverity, Parser } from "@asyncapi/parser";
import t from "tap";
import { parse } from "yaml";
import { topics } from "../../../schemas/topics.ts";
import { loadDeclarations } from "../../../scripts/k8s/declarations.ts";
import { asyncapiDocument } from "../../../scripts/schemas/asyncapi/document.ts";
import { asyncapiText, DOCUMENT } from "../../../scripts/schemas/asyncapi.ts";

const root = resolve(import.meta.dirname, "../../..");

t.test("docs/asyncapi.json is what the declarations say: npx boxoffice schemas asyncapi", async (t) => {
  t.equal(readFileSync(join(root, DOCUMENT), "utf8"), await asyncapiText());
  t.same(parse(await asyncapiText(true)), JSON.parse(await asyncapiText()), "the same as YAML");
});

t.test("the document is valid for AsyncAPI's own parser, Avro payloads included", async (t) => {
  const parser = new Parser({ schemaParsers: [AvroSchemaParser()] });
  const { document, diagnostics } = await parser.parse(await asyncapiText());
  const errors = diagnostics.filter(({ severity }) => severity === DiagnosticSeverity.Error);
  t.same(errors, []);
  if (document === undefined) return t.fail("no document");
  const { workers, topics: all } = await loadDeclarations();
  t.same(
    document
      .channels()
      .all()
      .map((channel) => channel.address())
      .sort(),
    all.map(({ name }) => name).sort(),
  );
  for (const { name, reads } of workers) {
    const mine = document
      .operations()
      .all()
      .filter((operation) => operation.id()?.startsWith(`${name}.`));
    for (const { topic } of reads) {
      const receives = mine.find((operation) => operation.id() === `${name}.receive.${topic.name}`);
      t.ok(receives?.isReceive(), `${name} receives from ${topic.name}`);
    }
  }
  const payment = document.operations().get("payment.receive.reservations");
  t.same(
    payment
      ?.messages()
      .all()
      .map((message) => message.name())
      .sort(),
    ["CancellationRequested", "RefundRequested", "ReservationRequested"].map((name) => `boxoffice.${name}`),
  );
});

t.test("a document that names a channel that there isn't is refused by the same parser", async (t) => {
  const document = JSON.stringify(asyncapiDocument(await loadDeclarations(), topics));
  const broken = document.replaceAll("#/channels/reservations/messages/", "#/channels/nowhere/messages/");
  t.not(broken, document);
  const { diagnostics } = await new Parser({ schemaParsers: [AvroSchemaParser()] }).parse(broken);
  t.ok(diagnostics.some(({ severity }) => severity === DiagnosticSeverity.Error));
});
