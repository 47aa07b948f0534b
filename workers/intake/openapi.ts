import { z } from "zod";
import { ProblemBody } from "./messages.ts";
import { type Operation, operations } from "./operations.ts";
import { type ProblemName, problems } from "./problem.ts";

type Json = Readonly<Record<string, unknown>>;

/** The OpenAPI 3.1 document, written from the very table and schemas that requests are validated by. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of Object.values<Operation>(operations)) {
    const path = paths[operation.path] ?? {};
    path[operation.method.toLowerCase()] = operationObject(operation);
    paths[operation.path] = path;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Boxoffice intake",
      version,
      description: "Reserve seats. Every error is an RFC 9457 problem whose `type` says what to do.",
    },
    paths,
    components: { schemas: { Problem: jsonSchema(ProblemBody, "output") } },
  };
}

function operationObject(operation: Operation): Json {
  const { id, summary, description, body, answer } = operation;
  const parameters = [
    ...parametersIn("path", operation.params),
    ...parametersIn("query", operation.query),
    ...parametersIn("header", operation.headers),
  ];
  return {
    operationId: id,
    summary,
    ...(description !== undefined && { description }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { "application/json": { schema: jsonSchema(body, "input") } } },
    }),
    responses: {
      [answer.status]: {
        description: answer.description,
        ...(answer.headers && {
          headers: mapped(answer.headers, (text) => ({ description: text, schema: { type: "string" } })),
        }),
        content: mapped(answer.content, (schema) => ({
          schema: schema ? jsonSchema(schema, "output") : { type: "string" },
        })),
      },
      ...(operation.conditional && { 304: { description: "Nothing has changed since the ETag given." } }),
      ...problemResponses(operation.problems),
    },
  };
}

/** One response per status, naming each problem that it may stand for. */
function problemResponses(names: readonly ProblemName[]): Json {
  const byStatus = Map.groupBy(names, (name) => problems[name].status);
  return Object.fromEntries(
    [...byStatus].map(([status, named]) => [
      status,
      {
        description: named
          .map((name) => `\`/problems/${name}\`: ${problems[name].title}. ${problems[name].advice}`)
          .join("\n\n"),
        ...((status === 429 || status === 503) && {
          headers: { "Retry-After": { description: "Seconds.", schema: { type: "integer" } } },
        }),
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    ]),
  );
}

function parametersIn(place: "path" | "query" | "header", schema: z.ZodObject | undefined): Json[] {
  if (!schema) return [];
  return Object.entries(schema.shape).map(([name, field]) => {
    const { description, ...rest } = jsonSchema(field as z.ZodType, "input");
    return {
      name,
      in: place,
      required: !(field as z.ZodType).safeParse(undefined).success,
      ...(description !== undefined && { description }),
      schema: rest,
    };
  });
}

function jsonSchema(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: "draft-2020-12", io });
  return rest;
}

function mapped<V>(of: Readonly<Record<string, V>>, to: (value: V) => Json): Json {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, to(value)]));
}
