import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { issuesOf } from "../issues.ts";
import { Problem } from "../problem.ts";
import type { Operation } from "./operations.ts";

type Part = "params" | "query" | "body";

/** What an operation's handler is given: each declared part of the request, checked. */
export type Input<O extends Operation> = {
  readonly [P in Part]: O[P] extends z.ZodType ? z.infer<O[P]> : undefined;
};

/** @throws {Problem} `invalid-request`, with every error of every part. */
export function validated<O extends Operation>(operation: O, request: FastifyRequest): Input<O> {
  const errors: string[] = [];
  const check = (part: Part, value: unknown) => {
    const parsed = operation[part]?.safeParse(value);
    if (!parsed || parsed.success) return parsed?.data;
    for (const { path, message } of issuesOf(parsed.error.issues))
      errors.push(`${placeOf(part, path)}: ${message}`);
    return undefined;
  };
  const input = {
    params: check("params", request.params),
    query: check("query", request.query),
    body: check("body", request.body),
  };
  if (errors.length > 0)
    throw new Problem("invalid-request", errors.slice(0, 20).join("; "), errors.slice(0, 20));
  // Each part was parsed by the very schema that its type is inferred from.
  return input as Input<O>;
}

/** A JSON pointer into the body, or `query since`. */
function placeOf(part: Part, path: readonly PropertyKey[]): string {
  if (part !== "body") return `${part === "query" ? "query" : "path"} ${path.join(".")}`;
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("") || "/";
}
