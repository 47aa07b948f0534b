import type { Filter, Outcome } from "../../workers/_letters/mod.ts";
import { UsageError } from "../../workers/_runtime/mod.ts";
import { parseMoment } from "./moment.ts";

/** The filter's options as they were typed. */
export interface FilterOptions {
  readonly worker?: readonly string[];
  readonly topic?: readonly string[];
  readonly partition?: readonly string[];
  readonly error?: readonly string[];
  readonly fingerprint?: readonly string[];
  readonly key?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly attempts?: string;
  readonly where?: readonly string[];
  readonly outcome?: readonly string[];
}

const OUTCOMES: readonly Outcome[] = [
  "open",
  "replaying",
  "processed",
  "dead again",
  "sent to source",
  "discarded",
];

/**
 * What was typed as a desk's filter.
 * @throws {UsageError} naming the option, what stands there and what to write
 */
export function filterOf(options: FilterOptions, now: number): Filter {
  const { worker, topic, error, key, since, until, where } = options;
  const from = since === undefined ? undefined : parseMoment("--since", since, now);
  const to = until === undefined ? undefined : parseMoment("--until", until, now);
  if (from !== undefined && to !== undefined && from >= to)
    throw new UsageError(
      `Cannot use --since '${since}' with --until '${until}' as it doesn't lie before it: nothing could match`,
    );
  return {
    ...(worker && { worker }),
    ...(topic && { topic }),
    ...(options.partition && { partition: options.partition.map(partitionOf) }),
    ...(error && { error }),
    ...(options.fingerprint && { fingerprint: options.fingerprint.map(fingerprintOf) }),
    ...(key && { key }),
    ...(from !== undefined && { since: from }),
    ...(to !== undefined && { until: to }),
    ...(options.attempts !== undefined && { attempts: attemptsOf(options.attempts) }),
    ...(where && {
      where: where.length === 1 ? where.join() : where.map((each) => `(${each})`).join(" && "),
    }),
    ...(options.outcome && { outcomes: outcomesOf(options.outcome) }),
  };
}

function partitionOf(text: string): number {
  if (!/^\d{1,6}$/.test(text))
    throw new UsageError(`Cannot read --partition '${text}': write a number from 0 on, e.g. 3 or 0,3`);
  return Number(text);
}

function fingerprintOf(text: string): string {
  if (text.length < 4)
    throw new UsageError(
      `Cannot use --fingerprint '${text}' as it is too short to mean one: write at least 4 characters of it`,
    );
  return text;
}

function attemptsOf(text: string): { readonly min?: number; readonly max?: number } {
  const [, min = "", dots, max = ""] = /^(\d{0,6})(\.\.)?(\d{0,6})$/.exec(text.trim()) ?? [];
  const range = {
    ...(min !== "" && { min: Number(min) }),
    ...(dots === undefined ? min !== "" && { max: Number(min) } : max !== "" && { max: Number(max) }),
  };
  if ((min === "" && max === "") || (min !== "" && max !== "" && Number(min) > Number(max)))
    throw new UsageError(`Cannot read --attempts '${text}': write 3, 2.. (at least), ..5 (at most) or 2..5`);
  return range;
}

function outcomesOf(texts: readonly string[]): readonly Outcome[] | "all" {
  if (texts.includes("all")) return "all";
  return texts.map((text) => {
    const wanted = text.trim().toLowerCase().replaceAll("-", " ");
    const outcome = OUTCOMES.find((each) => each === wanted);
    if (outcome === undefined)
      throw new UsageError(
        `Cannot use --outcome '${text}': write ${OUTCOMES.map((each) => each.replaceAll(" ", "-")).join(", ")} or all`,
      );
    return outcome;
  });
}
