import { Validator } from "@seriousme/openapi-schema-validator";
import t from "tap";
import { openApiDocument } from "../../../../workers/console/api/openapi.ts";
import { operations } from "../../../../workers/console/api/operations.ts";
import { openConsole } from "../open-console.ts";

t.test("openApiDocument() is valid OpenAPI 3.1", async (t) => {
  // A plain copy: the validator resolves references in place.
  const validator = new Validator();
  const result = await validator.validate(JSON.parse(JSON.stringify(openApiDocument("1.0.0"))));
  t.same(result.errors ?? [], []);
  t.equal(validator.version, "3.1");
});

t.test("openApiDocument() names every operation with its role, and every field of a filter", async (t) => {
  const document = JSON.stringify(openApiDocument("1.0.0"));
  for (const [id, { role }] of Object.entries(operations))
    t.match(document, new RegExp(`"operationId":"${id}".*?"description":"Role: ${role}\\."`), id);
  for (const field of ["fingerprint", "where", "attempts", "outcomes"])
    t.ok(document.includes(`"${field}"`), field);
});

t.test("GET /api/v1/openapi.json serves it", async (t) => {
  const { ask } = await openConsole(t);
  const { status, json } = await ask("/api/v1/openapi.json");
  t.equal(status, 200);
  t.same(json, JSON.parse(JSON.stringify(openApiDocument("1.0.0"))));
});
