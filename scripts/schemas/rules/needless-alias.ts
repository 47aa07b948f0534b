import type { Field, Mention, Named } from "../spec/node.ts";
import type { Found } from "../spec/to-finding.ts";
import { ownTypes } from "./own-types.ts";
import type { StyleRule } from "./style-rule.ts";

/** An alias that is also somebody's name makes two fields of one; libraries differ in what they do then. */
export const needlessAlias: StyleRule = {
  id: "needless-alias",
  category: "style",
  severity: "error",
  title: "An alias is the name itself, is there twice, or names another field",
  find: (schema) =>
    ownTypes(schema).flatMap((node) => [
      ...repeated(node, node.kind),
      ...(node.kind === "record"
        ? node.fields.flatMap((field) => [...repeated(field, "field"), ...taken(field, node.fields)])
        : []),
    ]),
};

function repeated({ name, aliases }: Named | Field, word: string): Found[] {
  const earlier = (alias: Mention) => aliases.find((other) => other.name === alias.name) !== alias;
  return aliases
    .filter((alias) => alias.name === name || earlier(alias))
    .map((alias) =>
      found(
        alias,
        alias.name === name
          ? `alias '${name}' is the ${word}'s own name`
          : `alias '${alias.name}' of ${word} '${name}' is there twice`,
        "remove it",
      ),
    );
}

function taken(field: Field, fields: readonly Field[]): Found[] {
  const other = (alias: Mention) =>
    fields.find(
      (each) =>
        each !== field && (each.name === alias.name || each.aliases.some(({ name }) => name === alias.name)),
    );
  return field.aliases.flatMap((alias) => {
    const owner = other(alias);
    if (owner === undefined) return [];
    return [
      found(
        alias,
        `alias '${alias.name}' of field '${field.name}' is also ${owner.name === alias.name ? "the name" : "an alias"} of field '${owner.name}'`,
        "let one field have it",
      ),
    ];
  });
}

function found({ at }: Mention, what: string, fix: string): Found {
  return {
    at,
    what,
    who: ["libraries differ in which field they fill from an old record, some refuse the schema"],
    fix,
  };
}
