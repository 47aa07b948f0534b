import type { z } from "zod";
import type {
  Acted,
  AuditEntry,
  EditResult,
  Groups,
  Job,
  JobResult,
  LetterDetail,
  LetterPage,
  Plan,
} from "../../_letters/desk.ts";
import type {
  ActedAnswer,
  AuditEntryAnswer,
  EditAnswer,
  GroupsAnswer,
  JobAnswer,
  JobResultAnswer,
  LetterDetailAnswer,
  LetterPageAnswer,
  PlanAnswer,
} from "./answers.ts";
import type { FilterBody } from "./requests.ts";

/** Compiles only while every answer of the desk fits its schema. */
type Fits<S extends z.ZodType, T extends z.input<S>> = [S, T];
export type AnswersOfTheDesk = [
  Fits<typeof GroupsAnswer, Groups>,
  Fits<typeof LetterPageAnswer, LetterPage>,
  Fits<typeof LetterDetailAnswer, LetterDetail>,
  Fits<typeof JobAnswer, Job>,
  Fits<typeof JobResultAnswer, JobResult>,
  Fits<typeof ActedAnswer, Acted>,
  Fits<typeof EditAnswer, EditResult>,
  Fits<typeof AuditEntryAnswer, AuditEntry>,
  Fits<typeof PlanAnswer, Omit<Plan, "filter"> & { filter: z.input<typeof FilterBody> }>,
];
