import { errorType } from "./broker-error.ts";
import type { Compression } from "./compression.ts";
import type { Delivery } from "./produce.ts";

/** What is tried before a batch counts as too large. */
export const DENSEST: Compression = "zstd";

/**
 * Whether the broker found the batch too large for its topic. A topic's limit counts bytes as they were compressed: a
 * record of several megabytes that its producer compressed may lie in a topic that takes one, and its copy must fit, too.
 */
export function isTooLarge({ state, error }: Delivery): boolean {
  const type = errorType(error);
  return state === "refused" && (type === "MESSAGE_TOO_LARGE" || type === "RECORD_LIST_TOO_LARGE");
}
