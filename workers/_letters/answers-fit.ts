import type { z } from "zod";
import type {
  ActedAnswer,
  AuditEntryAnswer,
  DecodedAnswer,
  EditAnswer,
  GroupAnswer,
  GroupsAnswer,
  HistoryEntryAnswer,
  JobAnswer,
  JobResultAnswer,
  LetterDetailAnswer,
  LetterPageAnswer,
  LetterRowAnswer,
  PlanAnswer,
} from "./answers.ts";
import type { AuditEntry } from "./audit-entry.ts";
import type { Acted } from "./desk.ts";
import type { EditResult } from "./edited-letter.ts";
import type { Decoded, HistoryEntry, LetterDetail } from "./letter-detail.ts";
import type { Group, Groups } from "./letter-group.ts";
import type { LetterPage, LetterRow } from "./letter-row.ts";
import type { Plan } from "./plan.ts";
import type { Job, JobResult } from "./replay-job.ts";

/** Compiles only while every answer of the desk fits its schema, and the schema knows every field of it. */
type Fits<S extends z.ZodType, T extends z.input<S>> = [S, T, Knows<S, T>];
type Knows<S extends z.ZodType, T> = [Exclude<FieldsOf<T>, FieldsOf<z.input<S>>>] extends [never]
  ? true
  : never;
type FieldsOf<T> = T extends unknown ? keyof T : never;
type AllTrue<T extends readonly (readonly [unknown, unknown, true])[]> = T;

export type AnswersOfTheDesk = AllTrue<
  [
    Fits<typeof GroupsAnswer, Groups>,
    Fits<typeof GroupAnswer, Group>,
    Fits<typeof LetterPageAnswer, LetterPage>,
    Fits<typeof LetterRowAnswer, LetterRow>,
    Fits<typeof LetterDetailAnswer, LetterDetail>,
    Fits<typeof DecodedAnswer, Decoded>,
    Fits<typeof HistoryEntryAnswer, HistoryEntry>,
    Fits<typeof JobAnswer, Job>,
    Fits<typeof JobResultAnswer, JobResult>,
    Fits<typeof ActedAnswer, Acted>,
    Fits<typeof EditAnswer, EditResult>,
    Fits<typeof AuditEntryAnswer, AuditEntry>,
    Fits<typeof PlanAnswer, Told<Plan>>,
  ]
>;

/** An interface has no index signature to fit a record by. */
type Told<T extends { readonly filter: unknown }> = Omit<T, "filter"> & {
  filter: { [field: string]: unknown };
};
