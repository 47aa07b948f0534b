import { UsageError } from "../../../workers/_runtime/mod.ts";

/** A topic as `schemas/topics.ts` declares it. */
export interface DeclaredTopic {
  readonly name: string;
  /** Simple names, as the identifiers are spelled: `PaymentCaptured` is the record of `PaymentCaptured.avsc`. */
  readonly records: readonly string[];
}

/** A comment, or a string that may look as if it held one. */
const COMMENT_OR_STRING =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

/** A string is taken first, so that a declaration in it isn't one. */
const STRING_OR_TOPIC = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\btopic\s*\(\s*\{/g;

/**
 * The topics of a `topics.ts`, read as text: the file of another commit, or of a stranger's pull request, is never
 * run. Only the plain form is understood, `topic({ name: "…", records: [A, B], … })`; that it says the same as the
 * program is held by a test.
 * @throws {UsageError} when a declaration is of another form, or when there is none
 */
export function declaredTopics(source: string, file: string): DeclaredTopic[] {
  const code = source.replaceAll(COMMENT_OR_STRING, (match) => (/^["'`]/.test(match) ? match : " "));
  const starts = [...code.matchAll(STRING_OR_TOPIC)].filter(([found]) => found.startsWith("topic"));
  const topics = starts.map((start) => topicOf(bodyFrom(code, start.index + start[0].length), file));
  if (topics.length === 0) throw unreadable(file, "there is no topic({ name, records, … }) in it");
  return topics;
}

function topicOf(body: string, file: string): DeclaredTopic {
  const name = /(?:^|[{,\s])name\s*:\s*"([^"\\]+)"/.exec(body)?.[1];
  const list = /(?:^|[{,\s])records\s*:\s*\[([^\]]*)\]/.exec(body)?.[1];
  if (name === undefined) throw unreadable(file, "a topic's name is not a plain text in double quotes");
  if (list === undefined) throw unreadable(file, `topic '${name}' has no plain list of records`);
  const records = list
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  const odd = records.find((word) => !/^\w+$/.test(word));
  if (odd !== undefined) throw unreadable(file, `'${odd}' in topic '${name}' is not the name of a record`);
  return { name, records };
}

/** Up to the brace that closes what is open at `start`; braces in strings don't count. */
function bodyFrom(code: string, start: number): string {
  const marks = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|[{}]/g;
  marks.lastIndex = start;
  let depth = 1;
  for (let mark = marks.exec(code); mark !== null; mark = marks.exec(code)) {
    if (mark[0] === "{") depth += 1;
    if (mark[0] === "}") depth -= 1;
    if (depth === 0) return code.slice(start, mark.index);
  }
  return code.slice(start);
}

function unreadable(file: string, why: string): UsageError {
  return new UsageError(
    `Cannot read the topics of '${file}' as ${why}: declare each as topic({ name: "…", records: [A, B], … })`,
  );
}
