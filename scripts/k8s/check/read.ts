import { parseAllDocuments } from "yaml";
import { UsageError } from "../../../workers/_runtime/errors.ts";
import type { Manifest } from "../manifest.ts";
import { listAt, textAt } from "./fields.ts";

/**
 * The objects of a YAML text; those in a `List` by themselves.
 * @throws {UsageError} naming what isn't YAML, or no object of Kubernetes
 */
export function readManifests(text: string, source: string): readonly Manifest[] {
  return parseAllDocuments(text).flatMap((document, i) => {
    const [error] = document.errors;
    if (error)
      throw new UsageError(`Cannot read '${source}' as it isn't YAML: ${error.message.split("\n")[0]}`);
    const value: unknown = document.toJS();
    if (value === null) return [];
    const all = textAt(value, "kind") === "List" ? listAt(value, "items") : [value];
    return all.map((each) => {
      if (isManifest(each)) return each;
      throw new UsageError(
        `Cannot read '${source}' as its document ${i + 1} is no object of Kubernetes: it needs apiVersion, kind and metadata.name`,
      );
    });
  });
}

function isManifest(value: unknown): value is Manifest {
  return [["apiVersion"], ["kind"], ["metadata", "name"]].every(
    (path) => textAt(value, ...path) !== undefined,
  );
}
