/**
 * `fenced`: another has this transactional id. `refused`: the broker will not take one of the records, the
 * transaction did not happen. `unknown`: it may or may not have happened.
 */
export class TransactionFailed extends Error {
  override name = "TransactionFailed";
  readonly kind: "fenced" | "refused" | "unknown";
  /** The producer can't be used again; false only after a refusal that was cleanly aborted. */
  readonly spent: boolean;
  constructor(kind: "fenced" | "refused" | "unknown", message: string, options?: ErrorOptions, spent = true) {
    super(message, options);
    this.kind = kind;
    this.spent = spent;
  }
}

/** `certain`: the broker certainly does not have the records; else it may. */
export class PublishFailed extends Error {
  override name = "PublishFailed";
  readonly certain: boolean;
  constructor(certain: boolean, message: string, options?: ErrorOptions) {
    super(message, options);
    this.certain = certain;
  }
}

/**
 * Why the broker refuses a record for good: a fact of the record itself, so that another record of the same
 * group may pass. Everything else (no leader, no quorum, an unknown topic, no right to write) is a fact of the
 * cluster: it says nothing about the record and must never make a dead letter.
 */
export function isRecordRefused(type: string | undefined): boolean {
  switch (type) {
    case "MESSAGE_TOO_LARGE": // above max.message.bytes of the topic
    case "RECORD_LIST_TOO_LARGE": // above the segment size
    case "INVALID_RECORD": // a compacted topic wants keys; failed validation
    case "INVALID_TIMESTAMP": // outside message.timestamp.before/after.max.ms
    case "UNSUPPORTED_FOR_MESSAGE_FORMAT":
    case "INVALID_TOPIC_EXCEPTION": // a name that can never exist
      return true;
    case "UNKNOWN_TOPIC_OR_PARTITION": // not created yet, or metadata lags behind
    case "TOPIC_AUTHORIZATION_FAILED": // somebody's rights, repaired without touching the record
    case "INVALID_REQUIRED_ACKS": // ours, the same for every record
    case "UNSUPPORTED_COMPRESSION_TYPE":
      return false;
    default:
      return false;
  }
}
