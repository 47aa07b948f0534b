import type { AuditEntry } from "./audit-entry.ts";
import { errorOf, type Letter, letterId, stageOf } from "./letter.ts";
import type { HistoryEntry } from "./letter-detail.ts";
import type { Plan } from "./plan.ts";
import type { LetterState } from "./state.ts";

/** One letter of a life, with what is known of it. */
export interface Chapter {
  readonly letter: Letter;
  readonly state: LetterState;
  /** Entries of the audit trail that name it. */
  readonly audit: readonly AuditEntry[];
}

type PlanOf = (plan: string) => Plan | undefined;

/** What happened to a record, oldest first: every death and every deed of the letters it was, one after the other. */
export function historyOf(chapters: readonly Chapter[], planOf: PlanOf): HistoryEntry[] {
  const entries = chapters.flatMap((chapter, at) => {
    const born = chapters[at - 1] === undefined ? firstFailed(chapter.letter) : [];
    return [...born, death(chapter.letter), ...deedsOf(chapter, planOf)];
  });
  const seen = new Set<string>();
  return entries
    .filter(({ time, what, letter }) => {
      const same = `${time} ${what} ${letter}`;
      return seen.has(same) ? false : seen.add(same);
    })
    .sort((a, b) => a.time - b.time);
}

function firstFailed(letter: Letter): HistoryEntry[] {
  const { firstFailed: time } = letter.ours;
  return time === undefined
    ? []
    : [
        {
          time,
          what: "first failed",
          letter: letterId(letter),
          text: `attempt 1 of worker ${letter.worker}`,
        },
      ];
}

function death(letter: Letter): HistoryEntry {
  const { attempt = 0, reason = "" } = letter.ours;
  const text = `${stageOf(letter)}: ${errorOf(letter)}: ${reason} (after ${attempt} attempts)`;
  return { time: letter.diedAt, what: "dead letter", letter: letterId(letter), text };
}

const AUDITED: { readonly [A in AuditEntry["action"]]?: HistoryEntry["what"] } = {
  edit: "edited",
  discard: "discarded",
  restore: "restored",
  import: "imported",
};

function deedsOf({ letter, state, audit }: Chapter, planOf: PlanOf): HistoryEntry[] {
  const id = letterId(letter);
  const entries: HistoryEntry[] = audit.flatMap(({ time, action, by, reason }) => {
    const what = AUDITED[action];
    return what === undefined ? [] : [{ time, what, letter: id, by, text: reason }];
  });
  const deed = (
    what: HistoryEntry["what"],
    { time, by, reason }: { time: number; by: string; reason: string },
  ) => entries.push({ time, what, letter: id, by, text: reason });
  const sent = (what: HistoryEntry["what"], time: number, plan: string | null) => {
    const by = plan === null ? undefined : planOf(plan)?.by;
    entries.push({
      time,
      what,
      letter: id,
      ...(by !== undefined && { by }),
      text: `plan ${plan ?? "unknown"}`,
    });
  };
  switch (state.outcome) {
    case "open":
      if (state.restored) deed("restored", state.restored);
      break;
    case "discarded":
      deed("discarded", state);
      break;
    case "replaying":
      sent("replayed", state.time, state.plan);
      break;
    case "sent to source":
      sent("sent to source", state.time, state.plan);
      break;
    default:
      sent(state.outcome, state.time, state.plan);
  }
  const edit = state.outcome === "open" || state.outcome === "discarded" ? state.edit : undefined;
  if (edit) deed("edited", edit);
  return entries;
}
