import * as z from "zod";
import { type ProblemName, problems } from "../problem.ts";
import { type Operation, operations, problemsOf } from "./operations.ts";

type Json = Readonly<Record<string, unknown>>;

const ProblemAnswer = z.object({
  type: z.string().describe("`urn:boxoffice:<name>`"),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  details: z.array(z.string()).optional(),
});

/** The OpenAPI 3.1 document, written from the very table and schemas that requests are validated by. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [id, operation] of Object.entries<Operation>(operations)) {
    const path = paths[operation.path] ?? {};
    path[operation.method.toLowerCase()] = operationObject(id, operation);
    paths[operation.path] = path;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Boxoffice console",
      version,
      description: "Dead letters: look, plan, replay, edit, discard. Every error is an RFC 9457 problem.",
    },
    servers: [{ url: "/api/v1" }],
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas: { Problem: jsonSchema(ProblemAnswer, "output") },
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
    },
  };
}

function operationObject(id: string, operation: Operation): Json {
  const { summary, role, params, query, body, lines, answer, stream } = operation;
  const parameters = [...parametersIn("path", params), ...parametersIn("query", query)];
  const taken = body ?? lines;
  return {
    operationId: id,
    summary,
    description: `Role: ${role}.`,
    ...(parameters.length > 0 && { parameters }),
    ...(taken && { requestBody: { required: true, content: content(taken, "input", lines !== undefined) } }),
    responses: {
      200: {
        description: stream ? "A line a row; every line ends with a line feed." : "The answer.",
        content: content(answer, "output", stream === true),
      },
      ...problemResponses(problemsOf(operation)),
    },
  };
}

function content(schema: z.ZodType, io: "input" | "output", lines: boolean): Json {
  return { [lines ? "application/x-ndjson" : "application/json"]: { schema: jsonSchema(schema, io) } };
}

/** One response per status, naming each problem that it may stand for. */
function problemResponses(names: readonly ProblemName[]): Json {
  const byStatus = Map.groupBy(names, (name) => problems[name].status);
  return Object.fromEntries(
    [...byStatus].map(([status, named]) => [
      status,
      {
        description: named
          .map((name) => `\`urn:boxoffice:${name}\`: ${problems[name].title}. ${problems[name].advice}`)
          .join("\n\n"),
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    ]),
  );
}

function parametersIn(place: "path" | "query", schema: z.ZodObject | undefined): Json[] {
  if (!schema) return [];
  const { properties, required } = jsonSchema(schema, "input") as {
    readonly properties: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: required?.includes(name) ?? false,
    ...(description !== undefined && { description }),
    schema: rest,
  }));
}

function jsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  // What is parsed further (numbers in a query) is described as it is sent.
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: "draft-2020-12",
    io,
    unrepresentable: "any",
  });
  return rest;
}
