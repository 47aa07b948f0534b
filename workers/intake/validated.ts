import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Operation } from "./operations.ts";
import { Problem, type ProblemExtras } from "./problem.ts";

type Part = "params" | "query" | "headers" | "body";

/** What an operation's handler is given: each declared part of the request, checked. */
export type Input<O extends Operation> = {
  readonly [P in Part]: O[P] extends z.ZodType ? z.infer<O[P]> : undefined;
};

/** @throws {Problem} `invalid-request`, with every error of every part. */
export function validated<O extends Operation>(operation: O, request: FastifyRequest): Input<O> {
  const errors: { place: string; detail: string }[] = [];
  const check = (part: Part, value: unknown) => {
    const parsed = operation[part]?.safeParse(value);
    if (!parsed || parsed.success) return parsed?.data;
    for (const { path, message } of parsed.error.issues)
      errors.push({ place: placeOf(part, path), detail: message });
    return undefined;
  };
  const input = {
    params: check("params", request.params),
    query: check("query", request.query),
    headers: check("headers", request.headers),
    body: check("body", request.body),
  };
  if (errors.length > 0) throw invalid(errors);
  // Each part was parsed by the very schema that its type is inferred from.
  return input as Input<O>;
}

/** Most errors told of one request. */
const MAX_ERRORS = 20;

export function invalid(errors: NonNullable<ProblemExtras["errors"]>): Problem {
  const told = errors.slice(0, MAX_ERRORS);
  const detail = told.map(({ place, detail }) => `${place}: ${detail}`).join("; ");
  return new Problem("invalid-request", detail, { extras: { errors: told } });
}

const NAMES = { params: "path", query: "query", headers: "header" } as const;

/** A JSON pointer into the body, or `header idempotency-key`. */
function placeOf(part: Part, path: readonly PropertyKey[]): string {
  if (part !== "body") return `${NAMES[part]} ${path.join(".")}`;
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("") || "/";
}
