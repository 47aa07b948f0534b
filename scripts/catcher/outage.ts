import { UsageError } from "../../workers/_runtime/errors.ts";

/** How the catcher misbehaves on command. */
export type Outage =
  | { readonly mode: "none" }
  /** Nobody listens; open connections are cut. */
  | { readonly mode: "refuse" }
  /** 451 to every message: try again later. */
  | { readonly mode: "tempfail" }
  /** 550 to every message: never. */
  | { readonly mode: "reject" }
  /** 451 to the first try of a `share` of the recipients, always the same ones; a later try is taken. */
  | { readonly mode: "greylist"; readonly share: number }
  /** Answers to the sender, the recipients and the data each come after `delayMs`. */
  | { readonly mode: "slow"; readonly delayMs: number };

/** @throws {UsageError} If it is none. */
export function parseOutage(text: string): Outage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value === "object" && value !== null && "mode" in value) {
    const { mode } = value;
    if (mode === "none" || mode === "refuse" || mode === "tempfail" || mode === "reject") return { mode };
    const share = "share" in value ? value.share : undefined;
    if (mode === "greylist" && typeof share === "number" && share >= 0 && share <= 1) return { mode, share };
    const delayMs = "delayMs" in value ? value.delayMs : undefined;
    if (mode === "slow" && typeof delayMs === "number" && delayMs >= 0 && delayMs <= 600_000)
      return { mode, delayMs };
  }
  throw new UsageError(
    `Cannot set outage as it must be {"mode":"none"|"refuse"|"tempfail"|"reject"}, {"mode":"greylist","share":0 to 1} or {"mode":"slow","delayMs":0 to 600000}: current value is ${text}`,
  );
}
