import { namesMatch, promotes, symbolsLacking, writtenField } from "./match.ts";
import type { Node, RecordOf } from "./node.ts";

/**
 * Whether a reader takes everything that a writer may write, by the specification's resolution rules. Pairs that are
 * asked for while they are being asked fit unless something else in them doesn't (recursive records).
 */
export class Fits {
  readonly #known = new Map<Node, Map<Node, boolean>>();
  /** Pairs that were found to fit since a pair was begun which is still open. */
  readonly #provisional: [Node, Node][] = [];

  ask(reader: Node, writer: Node): boolean {
    if (reader === writer) return true;
    if (writer.kind === "union") return writer.branches.every((branch) => this.ask(reader, branch.node));
    if (reader.kind === "union") return reader.branches.some((branch) => this.ask(branch.node, writer));
    if (reader.kind === "array" && writer.kind === "array")
      return this.ask(reader.items.node, writer.items.node);
    if (reader.kind === "map" && writer.kind === "map")
      return this.ask(reader.values.node, writer.values.node);
    if (reader.kind === "record" && writer.kind === "record") return this.#records(reader, writer);
    if (reader.kind === "enum" && writer.kind === "enum") {
      return namesMatch(reader, writer) && symbolsLacking(reader, writer).length === 0;
    }
    if (reader.kind === "fixed" && writer.kind === "fixed") {
      return namesMatch(reader, writer) && reader.size === writer.size;
    }
    return reader.kind === writer.kind || promotes(writer, reader);
  }

  #records(reader: RecordOf, writer: RecordOf): boolean {
    const known = this.#known.get(reader)?.get(writer);
    if (known !== undefined) return known;
    const opened = this.#provisional.length;
    this.#keep(reader, writer, true);
    const fits =
      namesMatch(reader, writer) &&
      reader.fields.every((field) => {
        const written = writtenField(field, writer);
        if (written === undefined) return field.fallback !== undefined;
        return this.ask(field.type.node, written.type.node);
      });
    if (!fits) {
      // What was found to fit in the meantime may have been so only because this pair was taken to.
      for (const [innerReader, innerWriter] of this.#provisional.splice(opened)) {
        if (this.#known.get(innerReader)?.get(innerWriter) === true)
          this.#known.get(innerReader)?.delete(innerWriter);
      }
      this.#keep(reader, writer, false);
    }
    return fits;
  }

  #keep(reader: Node, writer: Node, fits: boolean): void {
    const ofReader = this.#known.get(reader) ?? new Map<Node, boolean>();
    this.#known.set(reader, ofReader);
    ofReader.set(writer, fits);
    if (fits) this.#provisional.push([reader, writer]);
  }
}
