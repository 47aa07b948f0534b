import { parseIdentity } from "../_runtime/identity.ts";
import { Refused } from "./failures.ts";
import { errorOf, fingerprintOf, keyText, type Letter, letterId } from "./letter.ts";
import type { Filter } from "./letter-filter.ts";
import type { LetterState, Outcome } from "./state.ts";
import { isOutcome } from "./states.ts";

const LEAST_PREFIX = 4;

/** Whether nothing narrows it down: who changes letters must say so. */
export function isEverything(filter: Filter): boolean {
  return Object.keys(filter).every((name) => name === "outcomes");
}

/** All of a filter but its expression and its outcomes. */
export type Matches = (letter: Letter) => boolean;

/**
 * What can be said of a letter by its headers alone.
 * @throws {Refused} invalid-filter naming what can't be read
 */
export function matcher(filter: Filter): Matches {
  const { since, until, attempts = {} } = filter;
  checkRange("since", since, "until", until);
  checkRange("attempts.min", attempts.min, "attempts.max", attempts.max);
  for (const id of filter.letters ?? [])
    if (parseIdentity(id) === undefined)
      refuse(`'letters' must be identities like 'payments.settlement.dlq-3-1207'`, id);
  for (const prefix of filter.fingerprint ?? [])
    if (prefix.length < LEAST_PREFIX)
      refuse(`'fingerprint' must be ${LEAST_PREFIX} characters at least`, prefix);
  const tests: Matches[] = [];
  const among = <T>(wanted: readonly T[] | undefined, of: (letter: Letter) => T) => {
    if (wanted === undefined) return;
    const set = new Set(wanted);
    tests.push((letter) => set.has(of(letter)));
  };
  among(filter.worker, ({ worker }) => worker);
  among(filter.topic, ({ topic }) => topic);
  among(filter.partition, ({ partition }) => partition);
  among(filter.error, errorOf);
  // As keyText writes them: so one notation is enough to compare, whatever bytes the key has.
  among(filter.key?.map(normalKey), ({ key }) => keyText(key));
  among(filter.letters, letterId);
  const prefixes = filter.fingerprint;
  if (prefixes) tests.push((letter) => prefixes.some((prefix) => fingerprintOf(letter).startsWith(prefix)));
  if (since !== undefined) tests.push(({ diedAt }) => diedAt >= since);
  if (until !== undefined) tests.push(({ diedAt }) => diedAt < until);
  const { min, max } = attempts;
  if (min !== undefined) tests.push(({ ours }) => (ours.attempt ?? 0) >= min);
  if (max !== undefined) tests.push(({ ours }) => (ours.attempt ?? 0) <= max);
  return (letter) => tests.every((test) => test(letter));
}

/** @throws {Refused} invalid-filter */
export function outcomesOf({ outcomes = ["open"] }: Filter): (state: LetterState) => boolean {
  if (outcomes === "all") return () => true;
  for (const outcome of outcomes)
    if (!isOutcome(outcome))
      refuse(
        "'outcomes' must be of open, replaying, processed, dead again, sent to source, discarded",
        String(outcome),
      );
  const wanted = new Set<Outcome>(outcomes);
  return ({ outcome }) => wanted.has(outcome);
}

/** Any base64 spelling of a key, and a text that needs none, in the one notation of `keyText`. */
function normalKey(text: string): string {
  if (!text.startsWith("base64:")) return text;
  const encoded = text.slice("base64:".length);
  const bytes = Buffer.from(encoded, "base64");
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(encoded) || bytes.toString("base64url") !== plain(encoded))
    refuse("'key' must be base64 behind 'base64:'", text);
  return keyText(bytes);
}

function plain(encoded: string): string {
  return encoded.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function checkRange(low: string, from: number | undefined, high: string, to: number | undefined): void {
  for (const [name, value] of [
    [low, from],
    [high, to],
  ] as const)
    if (value !== undefined && !Number.isFinite(value)) refuse(`'${name}' must be a number`, String(value));
  if (from !== undefined && to !== undefined && from > to)
    refuse(`'${low}' must not be above '${high}'`, `${from} and ${to}`);
}

function refuse(rule: string, value: string): never {
  throw new Refused("invalid-filter", `Cannot use filter as ${rule}: current value is '${value}'`);
}
