import { namespaceOf, simpleName } from "../../../workers/_runtime/avro/names.ts";
import { defaultFits } from "./default-fits.ts";
import { describe } from "./describe.ts";
import { showJson } from "./json.ts";
import {
  type Field,
  type Located,
  type Mention,
  type Named,
  type Problem,
  type Spot,
  spotOf,
} from "./node.ts";

/** Avro Java refuses the whole schema for another. */
const ORDERS: readonly string[] = ["ascending", "descending", "ignore"];

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What the specification forbids in the schema's own text, its references left out; in no order. */
export function problemsOf(named: Located["named"]): Problem[] {
  const own = [...named.values()].filter(({ at }) => at.reference === undefined);
  return own.flatMap(ofNamed);
}

function ofNamed(node: Named): Problem[] {
  const problems: Problem[] = [];
  const say = (about: Problem["about"], at: Spot, what: string) => problems.push({ about, at, what });
  const at = spotOf(node, "name");
  if (!NAME.test(simpleName(node.name))) say("name", at, nameRule("name", simpleName(node.name)));
  const namespace = namespaceOf(node.name);
  if (namespace !== "" && !namespace.split(".").every((part) => NAME.test(part))) {
    say("name", spotOf(node, "namespace"), nameRule("part of the namespace", namespace));
  }
  for (const alias of node.aliases) {
    if (!alias.name.split(".").every((part) => NAME.test(part)))
      say("name", alias.at, nameRule("alias", alias.name));
  }
  if (node.kind === "enum") {
    problems.push(...ofMentions(node.symbols, "symbol"));
    if (node.fallback !== undefined && !node.symbols.some(({ name }) => name === node.fallback)) {
      say(
        "default",
        spotOf(node, "default"),
        `the default '${node.fallback}' of enum '${node.name}' is not one of its symbols`,
      );
    }
  }
  if (node.kind === "record") {
    problems.push(
      ...ofMentions(
        node.fields.map((field) => ({ name: field.name, at: spotOf(field, "name") })),
        "field",
      ),
    );
    for (const field of node.fields) problems.push(...ofField(field));
  }
  return problems;
}

function ofField(field: Field): Problem[] {
  const { name, fallback, type } = field;
  const aliases = field.aliases.filter((alias) => !NAME.test(alias.name));
  const problems: Problem[] = aliases.map((alias) => ({
    about: "name",
    at: alias.at,
    what: nameRule("alias", alias.name),
  }));
  if (field.order !== undefined && !ORDERS.includes(field.order)) {
    const what = `the order of field '${name}' must be ascending, descending or ignore`;
    problems.push({ about: "attribute", at: spotOf(field, "order"), what });
  }
  if (fallback === undefined) return problems;
  const at = spotOf(field, "default");
  if (!defaultFits(fallback, type.node)) {
    const what = `the default ${showJson(fallback)} of field '${name}' is no value of its type ${describe(type.node)}`;
    problems.push({ about: "default", at, what });
  } else if (type.node.kind === "union") {
    const first = type.node.branches[0]?.node;
    if (first !== undefined && !defaultFits(fallback, first)) {
      const what = `the default ${showJson(fallback)} of field '${name}' is not of its union's first type ${describe(first)}`;
      problems.push({ about: "default order", at, what });
    }
  }
  return problems;
}

function ofMentions(mentions: readonly Mention[], word: string): Problem[] {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const { name, at } of mentions) {
    if (!NAME.test(name)) problems.push({ about: "name", at, what: nameRule(word, name) });
    if (seen.has(name)) problems.push({ about: "duplicate", at, what: `${word} '${name}' is there twice` });
    seen.add(name);
  }
  return problems;
}

function nameRule(word: string, name: string): string {
  return `${word} '${name}' must begin with a letter or '_' and go on with letters, digits and '_'`;
}
