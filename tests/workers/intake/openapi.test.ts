import { Validator } from "@seriousme/openapi-schema-validator";
import t from "tap";
import { openApiDocument } from "../../../workers/intake/openapi.ts";
import { type Operation, operations } from "../../../workers/intake/operations.ts";
import { problems } from "../../../workers/intake/problem.ts";
import { openShop } from "./open-shop.ts";

t.test("openApiDocument() is valid OpenAPI 3.1", async (t) => {
  // A plain copy: the validator resolves references in place.
  const validator = new Validator();
  const result = await validator.validate(JSON.parse(JSON.stringify(openApiDocument("1.0.0"))));
  t.same(result.errors ?? [], []);
  t.equal(result.valid, true);
  t.equal(validator.version, "3.1");
});

t.test("openApiDocument() describes each part of a request, and no problem without advice", async (t) => {
  const document = JSON.stringify(openApiDocument("1.0.0"));
  for (const wanted of ["idempotency-key", "x-client-id", '"since"', '"maxItems":8', '"format":"email"'])
    t.ok(document.includes(wanted), wanted);
  const documented = new Set(Object.values<Operation>(operations).flatMap((operation) => operation.problems));
  const beside = Object.keys(problems).filter((name) => name !== "not-found");
  t.same([...documented].sort(), beside.sort(), "every problem belongs to an operation");
  for (const name of documented) t.ok(document.includes(`\`/problems/${name}\``), name);
});

t.test("GET /openapi.json serves it", async (t) => {
  const shop = await openShop(t);
  const { status, json } = await shop.ask("GET", "/openapi.json");
  t.equal(status, 200);
  t.same(json, JSON.parse(JSON.stringify(openApiDocument("1.0.0"))));
});

t.test("GET /problems/{name} tells what each type URI means", async (t) => {
  const shop = await openShop(t);
  for (const [name, { title }] of Object.entries(problems)) {
    const { status, text } = await shop.ask("GET", `/problems/${name}`);
    t.equal(status, 200);
    t.match(text, `<h1>${title}</h1>`);
  }
  t.equal((await shop.ask("GET", "/problems/none")).status, 404);
});
