import { Permanent } from "../errors.ts";

/** The bytes are not what their writer schema says; no retry helps. The message never holds a text of the payload. */
export class CorruptPayload extends Permanent {
  override name = "CorruptPayload";
}

/**
 * The writer's schema is known, but this build's reader schema can't read what was written with it. The fault
 * is the build's or the schema's, not the record's: a partition must stop rather than drain into the DLQ.
 */
export class Unresolvable extends Error {
  override name = "Unresolvable";
}

/** An event does not fit the schema it must be written with. */
export class EncodeFailed extends Permanent {
  override name = "EncodeFailed";
}

/** A text that is no Avro schema by the specification. */
export class InvalidSchema extends Error {
  override name = "InvalidSchema";
}
