import { namespaceOf, simpleName } from "../../../workers/_runtime/avro/names.ts";
import { type Mention, type Named, spotOf } from "../spec/node.ts";
import type { Found } from "../spec/to-finding.ts";
import { ownTypes } from "./own-types.ts";
import type { StyleRule } from "./style-rule.ts";

const PASCAL = /^[A-Z][A-Za-z0-9]*$/;
const CAMEL = /^[a-z][A-Za-z0-9]*$/;
const UPPER = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
const LOWER = /^[a-z][a-z0-9_]*$/;

/** Names are for ever (a field's can't be changed without breaking somebody), so they are judged when they come. */
export const naming: StyleRule = {
  id: "naming",
  category: "style",
  severity: "error",
  title: "A name is not spelled as the others are",
  find: (schema) => ownTypes(schema).flatMap(misspelled),
};

function misspelled(node: Named): Found[] {
  const found = spelled(
    [{ name: simpleName(node.name), at: spotOf(node, "name") }],
    node.kind,
    PASCAL,
    "PascalCase",
  );
  const namespace = namespaceOf(node.name)
    .split(".")
    .filter((part) => part !== "")
    .map((name) => ({ name, at: spotOf(node, node.attributes.has("namespace") ? "namespace" : "name") }));
  // An inherited namespace is told where it is written.
  if (node.attributes.has("namespace") || node.at.pointer === "") {
    found.push(...spelled(namespace, "namespace", LOWER, "lower case"));
  }
  if (node.kind === "enum") found.push(...spelled(node.symbols, "symbol", UPPER, "UPPER_CASE"));
  if (node.kind === "record") {
    const fields = node.fields.map((field) => ({ name: field.name, at: spotOf(field, "name") }));
    found.push(...spelled(fields, "field", CAMEL, "camelCase"));
  }
  return found;
}

function spelled(mentions: readonly Mention[], word: string, pattern: RegExp, style: string): Found[] {
  return (
    mentions
      // What is no name at all is invalid, and told so.
      .filter(({ name }) => /^[A-Za-z_]\w*$/.test(name) && !pattern.test(name))
      .map(({ name, at }) => ({
        at,
        what: `${word} '${name}' is not in ${style}`,
        who: ["whoever reads or writes it has to remember which spelling this one has"],
        fix: `spell it in ${style} before anybody uses it`,
      }))
  );
}
