import { parseIdentity } from "../_runtime/identity.ts";
import { auditRecord } from "./audit.ts";
import { createDecoder } from "./decode.ts";
import type { Call, ReadingDesk } from "./desk.ts";
import type { DeskParts, Selects } from "./desk-parts.ts";
import { detailOf } from "./detail.ts";
import { draftPlan } from "./draft-plan.ts";
import { exportLetters } from "./export.ts";
import { Refused } from "./failures.ts";
import { outcomesOf } from "./filter.ts";
import { freeze } from "./frozen.ts";
import { groupsOf } from "./groups.ts";
import { type Letter, partsOfDlq, rowOf } from "./letter.ts";
import type { Decoded } from "./letter-detail.ts";
import type { Filter, Page } from "./letter-filter.ts";
import type { Groups } from "./letter-group.ts";
import { letterIndex } from "./letter-index.ts";
import type { LetterPage } from "./letter-row.ts";
import { readAudit } from "./read-audit.ts";
import { type Match, type Sources, select, selectAll } from "./select.ts";
import { toldReading } from "./told.ts";

const MOST_A_PAGE = 10_000;

export interface Decodes {
  /** A value of a letter of this DLQ, by its worker's reader schema. */
  decode(dlq: string, value: Buffer | null, personal: boolean, signal: AbortSignal): Promise<Decoded>;
}

/** All that looks at letters and changes none; its index stays warm as long as it is kept. */
export function readingDesk(parts: DeskParts): ReadingDesk & Selects & Decodes {
  const { broker, registry, workers, store, states } = parts;
  const decoder = createDecoder(registry, workers);
  const sources: Sources = { broker, states, decoder, index: letterIndex(broker) };

  return {
    groups: (filter, call) => groups(sources, filter, call),
    list: (filter, page, call) => list(sources, filter, page, call),
    async show(letter, look, call) {
      const detail = await detailOf({ ...sources, log: store.log }, letter, look, call);
      // Before it is shown: a look that can't be recorded doesn't happen.
      if (look.personal) {
        const entry = {
          time: Date.now(),
          by: call.by,
          action: "look",
          reason: "personal fields",
          letter,
        } as const;
        await broker.producer().send([auditRecord(entry)], { signal: call.signal });
      }
      return detail;
    },
    async plan(wish, call) {
      const { plan, letters } = await draftPlan(sources, workers, wish, call);
      return await store.keep(plan, letters, call.signal);
    },
    async plans({ signal }) {
      await store.log.catchUp(signal);
      return store.log.all().map(({ plan }) => plan);
    },
    async planOf(plan, { signal }) {
      await store.log.catchUp(signal);
      const planned = store.log.planned(plan);
      if (!planned) throw new Refused("no-such-plan", `Cannot find plan '${plan}': see the list of plans`);
      return planned.plan;
    },
    export: (filter, call) => exportLetters(sources, filter, call),
    audit: (wish, { signal }) => readAudit(broker, wish, signal),
    async select(filter, call) {
      return freeze((await selectAll(sources, filter, call)).map(({ letter }) => letter));
    },
    async decode(dlq, value, personal, signal) {
      const named = partsOfDlq(dlq) ?? { topic: dlq, worker: "unknown" };
      return toldReading(await decoder.read(named, value, signal), personal);
    },
  };
}

async function groups(sources: Sources, filter: Filter, call: Call): Promise<Groups> {
  const wanted = outcomesOf(filter);
  const isWanted = ({ state }: Match) => wanted(state);
  const matches = await selectAll(sources, { ...filter, outcomes: "all" }, call);
  return {
    groups: groupsOf(matches, isWanted, sources.index.retentionOf, Date.now()),
    letters: matches.filter(isWanted).length,
    scanned: sources.index.size,
  };
}

async function list(sources: Sources, filter: Filter, page: Page, call: Call): Promise<LetterPage> {
  const { limit, after } = page;
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_A_PAGE)
    throw new Refused(
      "invalid-filter",
      `Cannot list letters as 'limit' must be 1 to ${MOST_A_PAGE}: current value is ${limit}`,
    );
  const found: Match[] = [];
  for await (const some of select(sources, filter, call, after === undefined ? undefined : isBehind(after))) {
    for (const match of some.slice(0, limit + 1 - found.length)) found.push(match);
    if (found.length > limit) break;
  }
  const letters = found
    .slice(0, limit)
    .map(({ letter, state }) => rowOf(letter, state, sources.index.retentionOf(letter.dlq)));
  return { letters, next: found.length > limit ? letters.at(-1)?.letter : undefined };
}

/** @throws {Refused} invalid-filter */
function isBehind(after: string): (letter: Letter) => boolean {
  const place = parseIdentity(after);
  if (place === undefined)
    throw new Refused(
      "invalid-filter",
      `Cannot list letters as 'after' must be a letter: current value is '${after}'`,
    );
  return ({ dlq, partition, offset }) => {
    if (dlq !== place.topic) return dlq > place.topic;
    return partition === place.partition ? offset > place.offset : partition > place.partition;
  };
}
