import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { at, listAt, textAt } from "../../../../scripts/k8s/check/fields.ts";
import type { Manifest } from "../../../../scripts/k8s/manifest.ts";
import { strict } from "./strict.ts";

/** Says what is wrong with an object by its kind's schema: field and why; nothing when all is as it must be. */
export type Judge = (object: Manifest) => readonly string[];

/** Built-in kinds of one version of Kubernetes, and the custom ones. */
export async function readKinds(folder: string, version: string): Promise<Judge> {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    // Formats of Go's (int32, quantity) and patterns of RE2.
    validateFormats: false,
    unicodeRegExp: false,
    code: { regExp: re2 },
  });
  const places = new Map<string, string>();
  const builtIn: unknown = JSON.parse(await readFile(join(folder, `built-in-${version}.json`), "utf8"));
  const id = textAt(builtIn, "$id") ?? "";
  ajv.addSchema(Object(builtIn));
  for (const [name, definition] of Object.entries(Object(at(builtIn, "$defs")))) {
    for (const each of listAt(definition, "x-kubernetes-group-version-kind")) {
      const group = textAt(each, "group") ?? "";
      const apiVersion = [group, textAt(each, "version")].filter((part) => part !== "").join("/");
      places.set(`${apiVersion} ${textAt(each, "kind")}`, `${id}#/$defs/${name}`);
    }
  }
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".yaml"))) {
    const definition: unknown = parse(await readFile(join(folder, file), "utf8"));
    for (const each of listAt(definition, "spec", "versions")) {
      const apiVersion = `${textAt(definition, "spec", "group")}/${textAt(each, "name")}`;
      const kind = `${apiVersion} ${textAt(definition, "spec", "names", "kind")}`;
      const $id = `custom:${kind.replaceAll(/[^\w.]/g, "-")}`;
      // Only what the cluster still serves.
      if (at(each, "served") !== true) continue;
      ajv.addSchema({ $id, ...Object(strict(at(each, "schema", "openAPIV3Schema"))) });
      places.set(kind, $id);
    }
  }
  return (object) => {
    const place = places.get(`${object.apiVersion} ${object.kind}`);
    const validate = place === undefined ? undefined : ajv.getSchema(place);
    if (validate === undefined) return [`no schema for ${object.apiVersion} ${object.kind}`];
    if (validate(object)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath}: ${message} ${JSON.stringify(params)}`,
    );
  };
}

/** RE2 takes flags at a pattern's beginning, JavaScript beside it. */
function re2(pattern: string, flags: string): RegExp {
  const [, inline = "", rest = ""] = /^(\^?)\(\?i\)(.*)$/s.exec(pattern) ?? [];
  return rest === "" ? new RegExp(pattern, flags) : new RegExp(inline + rest, `${flags}i`);
}
// Only read where ajv writes its validators to files.
re2.code = "re2";
