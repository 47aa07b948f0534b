import { createHash } from "node:crypto";
import type { Stage } from "./headers.ts";

/**
 * Twelve hex digits that are the same for failures of one kind: same error type, same stage, same place in the
 * worker's code. Line numbers don't count, so that a new build keeps its groups; ids and numbers don't, so that
 * one fault of 40,000 records is one group. Without a frame of a worker's own the message stands in, ids and
 * numbers blanked. Never throws, whatever was thrown.
 */
export function fingerprint(error: unknown, stage: Stage): string {
  const kind = kindOf(error);
  const place = ownFrame(text(error, "stack")) ?? blanked(text(error, "message") ?? String(kind));
  return createHash("sha256")
    .update([kind, text(error, "code") ?? "", stage, place].join("\n"))
    .digest("hex")
    .slice(0, 12);
}

/** Class name of what was thrown, for `bo-error`: `Permanent`, `TypeError`; the type when it is no error. */
export function kindOf(error: unknown): string {
  return text(error, "name") ?? (error === null ? "null" : typeof error);
}

// A getter or a proxy in what was thrown may itself throw.
function text(error: unknown, property: string): string | undefined {
  try {
    if (typeof error === "string" && property === "message") return error;
    if (typeof error !== "object" || error === null) return undefined;
    const value: unknown = Reflect.get(error, property);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

// `workers/<name>/…` is a worker's; `workers/_runtime/…` is not, and neither is a package a worker may carry.
const FRAME =
  /^\s+at (?:async )?(?:new )?(?:(.+?)(?: \[as [^\]]+\])? \()?(?:file:\/\/)?[^()]*?\/(workers\/(?!_)[^():]+):\d+:\d+\)?$/;

/** File (from `workers/` on) and function of the first frame in a worker's own code. */
export function ownFrame(stack: string | undefined): string | undefined {
  for (const line of (stack ?? "").slice(0, 16_384).split("\n")) {
    if (line.length > 1000 || line.includes("/node_modules/")) continue;
    const match = FRAME.exec(line);
    if (match) return `${match[2]} ${match[1] ?? ""}`.trimEnd();
  }
  return undefined;
}

/** A message without what differs from record to record: quoted text, UUIDs, hex and decimal numbers. */
function blanked(message: string): string {
  return message
    .slice(0, 2048)
    .replace(/'[^']*'|"[^"]*"|`[^`]*`/g, "?")
    .replace(/[\w.-]*\d[\w.-]*/g, "?");
}
