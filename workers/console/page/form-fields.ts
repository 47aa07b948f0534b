import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { FilterBody } from "../../_letters/filter-body.ts";
import type { Filter } from "../../_letters/letter-filter.ts";
import { formFields } from "../access/gate.ts";
import { issuesOf } from "../issues.ts";
import { Problem } from "../problem.ts";

type Fields = Readonly<Record<string, string>>;

/** A form's fields without those left empty. */
export function fieldsGiven(request: FastifyRequest): Fields {
  return Object.fromEntries(Object.entries(formFields(request)).filter(([, value]) => value.trim() !== ""));
}

/** @throws {Problem} `invalid-request` */
export function numberOf(fields: Fields, name: string): number | undefined {
  const text = fields[name];
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isFinite(number))
    throw new Problem("invalid-request", `'${name}' must be a number: it is '${text}'`);
  return number;
}

/** The filter that a page's form carries along. @throws {Problem} `invalid-request` */
export function carriedFilter(fields: Fields): Filter {
  try {
    return FilterBody.parse(JSON.parse(fields.filter ?? ""));
  } catch (error) {
    throw new Problem("invalid-request", "Cannot read the form's filter: open the page again", [], error);
  }
}

/** @throws {Problem} `invalid-request` naming each field that isn't right */
export function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const why = issuesOf(read.error.issues).map(
    ({ path, message }) => `${path.join(".") || "form"}: ${message}`,
  );
  throw new Problem("invalid-request", "The form is not filled in as it must be", why);
}
