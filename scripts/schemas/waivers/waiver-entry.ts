import { stringify } from "yaml";
import type { Finding } from "../finding.ts";

/** What to paste into the file to waive a finding; owner, reason and day are left for the person who does. */
export function waiverEntry({ rule, record, at, fingerprint }: Finding): string {
  const entry = { rule, record, pointer: at.pointer, fingerprint, owner: null, reason: null, expires: null };
  return stringify([entry], { schema: "core", nullStr: "", lineWidth: 0 }).replaceAll(/ +$/gm, "");
}
