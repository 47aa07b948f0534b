/** A text that no tree of an Avro schema can be made of: not JSON, an unknown type, a record without fields, … */
export class SchemaTextError extends Error {
  override name = "SchemaTextError";
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** Where in the schema, by names; empty for the whole. */
  readonly pointer: string;
  /** What is wrong, without place: a part of a sentence that begins "it is …" or "'x' is …". */
  readonly why: string;
  /** Full name of the referenced schema that it is about; undefined: the text itself. */
  readonly reference: string | undefined;

  constructor(
    why: string,
    at: {
      readonly line: number;
      readonly column: number;
      readonly pointer?: string;
      readonly reference?: string | undefined;
    },
  ) {
    super(`Cannot read schema at ${at.line}:${at.column}: ${why}`);
    this.why = why;
    this.line = at.line;
    this.column = at.column;
    this.pointer = at.pointer ?? "";
    this.reference = at.reference;
  }
}
