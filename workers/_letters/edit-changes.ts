import type { JsonChange } from "./json-value.ts";
import { changesOf } from "./json-value.ts";
import type { Decoded } from "./letter-detail.ts";

interface Sides {
  readonly before: Decoded;
  readonly after: Decoded;
}

/**
 * What an edit changes, field by field: found by what the values really are, told as who asks may see them. Of a letter
 * that can't be decoded all of the new value is one change.
 */
export function editChanges(real: Sides, shown: Sides): readonly JsonChange[] {
  return [...changesOf(eventsOf(real), eventsOf(shown))];
}

function eventsOf({ before, after }: Sides) {
  return { before: before.ok ? before.event : undefined, after: after.ok ? after.event : undefined };
}
