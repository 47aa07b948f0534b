import { createHash } from "node:crypto";
import type { Finding } from "./finding.ts";

/** What makes two findings the same one in different runs; where it stands and how it is worded doesn't. */
export interface FindingIdentity {
  readonly rule: Finding["rule"];
  readonly record: Finding["record"];
  readonly pointer: string;
  readonly from?: string;
  readonly to?: string;
}

/** 16 hexadecimal digits: short enough to be pasted into a waiver. */
export function fingerprintOf({ rule, record, pointer, from, to }: FindingIdentity): string {
  const identity = JSON.stringify([rule, record, pointer, from ?? null, to ?? null]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 16);
}
