import { UsageError } from "../../workers/_runtime/mod.ts";

/**
 * One thing that happens in an on-sale, at `at` milliseconds from its beginning. A step says what a client
 * does, never what becomes of it: a file of steps replays the same demand against any fleet.
 */
export type Step = ReserveStep | CancelStep | SowStep;

/** A fan asks for seats; every further choice is asked for only when the one before was refused as taken. */
export interface ReserveStep {
  readonly do: "reserve";
  readonly at: number;
  readonly fan: number;
  /** Seats asked for together, 1 to 8 each. */
  readonly choices: readonly (readonly string[])[];
  /** The gateway's token of the payment method. */
  readonly card: string;
  /** The client hangs up after so many milliseconds and asks again under the same Idempotency-Key. */
  readonly hangUpMs?: number;
}

/** The fan wants out; happens only when the reservation was accepted. */
export interface CancelStep {
  readonly do: "cancel";
  readonly at: number;
  readonly fan: number;
}

/** Bytes no reader can make sense of: a wrong magic byte, less than a frame, half of an event. */
export const UNDECODABLE = ["magic", "short", "truncated"] as const;
export const SOWN = [...UNDECODABLE, "unknown-schema"] as const;

/** Broken bytes put straight on the topic `reservations`, past intake. */
export interface SowStep {
  readonly do: "sow";
  readonly at: number;
  readonly kind: (typeof SOWN)[number];
  /** The record's key, unique within the file: the dead letter is known by it. */
  readonly key: string;
}

/** One compact line: `{"at":5,"fan":17,"seats":["A-1 A-2"],"card":"…"}`, `{"at":9,"cancel":17}` or `{"at":9,"sow":"short","key":"…"}`. */
export function stepLine(step: Step): string {
  switch (step.do) {
    case "reserve": {
      const seats = step.choices.map((choice) => choice.join(" "));
      const { at, fan, card, hangUpMs } = step;
      return JSON.stringify({ at, fan, seats, card, ...(hangUpMs === undefined ? {} : { hangUpMs }) });
    }
    case "cancel":
      return JSON.stringify({ at: step.at, cancel: step.fan });
    case "sow":
      return JSON.stringify({ at: step.at, sow: step.kind, key: step.key });
  }
}

/**
 * The step that `line` holds; `where` names the line in the error's sentence.
 * @throws {UsageError} when it is not one that `stepLine` writes
 */
export function parseStep(line: string, where: string): Step {
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch (error) {
    throw new UsageError(`Cannot read ${where} as it is not JSON: ${String(error)}`);
  }
  const step =
    typeof read === "object" && read !== null ? stepOf(read as Record<string, unknown>) : undefined;
  if (step) return step;
  throw new UsageError(
    `Cannot read ${where} as a line must be a reservation, a cancellation or sown bytes: current value is '${line.slice(0, 200)}'`,
  );
}

function stepOf(fields: Record<string, unknown>): Step | undefined {
  const { at, fan, seats, card, hangUpMs, cancel, sow, key } = fields;
  if (typeof at !== "number" || !Number.isSafeInteger(at) || at < 0) return undefined;
  if (isFan(cancel)) return { do: "cancel", at, fan: cancel };
  const kind = SOWN.find((known) => known === sow);
  if (kind && typeof key === "string") return { do: "sow", at, kind, key };
  if (!isFan(fan) || typeof card !== "string" || !Array.isArray(seats) || seats.length === 0)
    return undefined;
  if (!seats.every((choice) => typeof choice === "string" && choice !== "")) return undefined;
  if (hangUpMs !== undefined && !isFan(hangUpMs)) return undefined;
  const choices = seats.map((choice: string) => choice.split(" "));
  return { do: "reserve", at, fan, choices, card, ...(hangUpMs === undefined ? {} : { hangUpMs }) };
}

function isFan(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
