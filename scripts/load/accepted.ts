import { z } from "zod";
import { UsageError } from "../../workers/_runtime/mod.ts";
import { SOWN } from "./step.ts";

/** A reservation that intake answered with 202: from then on it has to come to an end. */
const Accepted = z.object({
  reservationId: z.string().min(1),
  fan: z.number().int(),
  card: z.string(),
  seats: z.array(z.string()).readonly(),
});

/** A record of broken bytes that was put on the topic: it has to become dead letters, and nothing else may. */
const Sown = z.object({ sown: z.enum(SOWN), key: z.string().min(1) });

export type Accepted = Readonly<z.infer<typeof Accepted>>;
export type Sown = Readonly<z.infer<typeof Sown>>;

/**
 * An entry of the client's own ledger (`boxoffice load --ledger FILE`), one JSON object a line; `where` names
 * the line in the error's sentence.
 * @throws {UsageError} when the line is neither
 */
export function parseEntry(line: string, where: string): Accepted | Sown {
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch (error) {
    throw new UsageError(`Cannot read ${where} as it is not JSON: ${String(error)}`);
  }
  const entry = z.union([Accepted, Sown]).safeParse(read);
  if (entry.success) return entry.data;
  throw new UsageError(
    `Cannot read ${where} as it is neither an accepted reservation nor a sown record: current value is '${line.slice(0, 200)}'`,
  );
}
