import { FilterBody } from "../../_letters/filter-body.ts";
import type { Filter } from "../../_letters/letter-filter.ts";
import { Problem } from "../problem.ts";

type Query = Readonly<Record<string, unknown>>;

const LISTS = ["worker", "topic", "error", "fingerprint", "key", "letters"] as const;

/**
 * The filter that a page's address tells, e.g. `?worker=payment&error=Permanent`; a name may be repeated.
 * @throws {Problem} `invalid-request`
 */
export function filterOf(query: Query): Filter {
  const read = FilterBody.safeParse({
    ...Object.fromEntries(LISTS.flatMap((name) => listed(name, textsOf(query[name])))),
    ...Object.fromEntries(listed("partition", textsOf(query.partition).map(Number))),
    ...Object.fromEntries(["since", "until"].flatMap((name) => timed(name, query[name]))),
    ...attempts(query),
    ...(typeof query.where === "string" && query.where !== "" && { where: query.where }),
    ...outcomes(textsOf(query.outcomes)),
  });
  if (read.success) return read.data;
  const why = read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Problem("invalid-request", `Cannot read the filter: ${why.join("; ")}`);
}

function textsOf(value: unknown): string[] {
  const texts = Array.isArray(value) ? value : [value];
  return texts.filter((each) => typeof each === "string" && each !== "");
}

function listed<T>(name: string, values: readonly T[]): [string, readonly T[]][] {
  return values.length === 0 ? [] : [[name, values]];
}

/** Epoch milliseconds, or what a browser's field for date and time gives, taken as UTC. */
function timed(name: string, value: unknown): [string, number][] {
  if (typeof value !== "string" || value === "") return [];
  return [[name, /^\d+$/.test(value) ? Number(value) : Date.parse(`${value.replace(/Z$/, "")}Z`)]];
}

function attempts({ attemptsMin, attemptsMax }: Query): Pick<Filter, "attempts"> {
  const [min, max] = [attemptsMin, attemptsMax].map((each) =>
    typeof each === "string" && each !== "" ? Number(each) : undefined,
  );
  if (min === undefined && max === undefined) return {};
  return { attempts: { ...(min !== undefined && { min }), ...(max !== undefined && { max }) } };
}

function outcomes(texts: readonly string[]): { outcomes?: unknown } {
  if (texts.length === 0) return {};
  return { outcomes: texts.includes("all") ? "all" : texts };
}

/** The same filter as an address, so that a link is a filter. */
export function queryOf(filter: Filter): string {
  const query = new URLSearchParams();
  for (const name of LISTS) for (const value of filter[name] ?? []) query.append(name, value);
  for (const value of filter.partition ?? []) query.append("partition", String(value));
  if (filter.since !== undefined) query.set("since", String(filter.since));
  if (filter.until !== undefined) query.set("until", String(filter.until));
  if (filter.attempts?.min !== undefined) query.set("attemptsMin", String(filter.attempts.min));
  if (filter.attempts?.max !== undefined) query.set("attemptsMax", String(filter.attempts.max));
  if (filter.where !== undefined) query.set("where", filter.where);
  const wanted = filter.outcomes === "all" ? ["all"] : (filter.outcomes ?? []);
  for (const value of wanted) query.append("outcomes", value);
  return query.toString();
}

/** For people, e.g. `worker payment; error Permanent`. */
export function filterText(filter: Filter): string {
  const parts = [...new URLSearchParams(queryOf(filter))].map(([name, value]) =>
    name === "since" || name === "until"
      ? `${name} ${new Date(Number(value)).toISOString()}`
      : `${name} ${value}`,
  );
  return parts.length === 0 ? "every open letter" : parts.join("; ");
}
