import type { Located } from "../spec/node.ts";
import type { Found } from "../spec/to-finding.ts";
import type { SchemaVersion } from "../version.ts";
import type { Rule } from "./rule.ts";

/** Judges one version by itself. */
export interface StyleRule extends Rule {
  readonly category: "style";
  readonly find: (schema: Located, version: SchemaVersion) => readonly Found[];
}
