import type { OutRecord } from "../_runtime/record.ts";
import type { AuditEntry } from "./audit-entry.ts";

/** Who did what, kept for ever. One partition: its order is the order of deeds. */
export const AUDIT = "fleet.audit";

/** Of what a person typed; the topic's message limit is far above. */
const MOST_TEXT = 2_000;

/** The record of one deed, to be written in the deed's own transaction. */
export function auditRecord(entry: AuditEntry): OutRecord {
  const cut = {
    ...entry,
    reason: entry.reason.slice(0, MOST_TEXT),
    ...(entry.text !== undefined && { text: entry.text.slice(0, MOST_TEXT) }),
  };
  return { topic: AUDIT, partition: 0, key: null, value: Buffer.from(JSON.stringify(cut)), headers: [] };
}
