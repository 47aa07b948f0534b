import * as z from "zod";

/** A dead letter with everything that Kafka holds of it. */
export interface ExportedLetter {
  readonly boxoffice: 1;
  /** Kafka's id of the cluster it lay in. */
  readonly cluster: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [name: string, value: string | null])[];
}

const MOST_HEADERS = 10_000;
const bytes = z.base64({ error: "is not base64" }).nullable();
const count = z.int().nonnegative();
/** One line of an export. */
export const ExportedLetterLine = z.strictObject({
  boxoffice: z.literal(1, { error: "must be 1: exported by another version?" }),
  cluster: z.string().min(1).max(100),
  topic: z.string().min(1).max(249),
  partition: count,
  offset: count,
  timestamp: z.int(),
  key: bytes,
  value: bytes,
  headers: z.array(z.tuple([z.string(), bytes])).max(MOST_HEADERS),
}) satisfies z.ZodType<ExportedLetter>;

/** The letter in a line that `export` wrote, or what is wrong with it. */
export function parseExported(line: string): ExportedLetter | string {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return "is not JSON";
  }
  const read = ExportedLetterLine.safeParse(json);
  if (read.success) return read.data;
  return read.error.issues
    .slice(0, 3)
    .map(({ path, message }) => (path.length === 0 ? message : `'${path.join(".")}' ${message}`))
    .join("; ");
}
