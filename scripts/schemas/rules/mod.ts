import type { Finding } from "../finding.ts";
import { readVersion, sameText } from "../spec/read-version.ts";
import { SchemaTextError } from "../spec/schema-text-error.ts";
import { toFinding } from "../spec/to-finding.ts";
import { compatibilityRules } from "../spec/verdicts.ts";
import type { SchemaVersion } from "../version.ts";
import { aliasRemoved } from "./alias-removed.ts";
import { decimalChanged } from "./decimal-changed.ts";
import { defaultChanged } from "./default-changed.ts";
import { defaultNotFirstBranch } from "./default-not-first-branch.ts";
import { defaultNotFitting } from "./default-not-fitting.ts";
import { enumOrderChanged } from "./enum-order-changed.ts";
import { fieldRenamed } from "./field-renamed.ts";
import { fileName } from "./file-name.ts";
import { invalidSchema, unreadable } from "./invalid-schema.ts";
import { logicalTypeChanged } from "./logical-type-changed.ts";
import { matched } from "./matched.ts";
import type { MeaningRule } from "./meaning-rule.ts";
import { missingDoc } from "./missing-doc.ts";
import { namespaceChanged } from "./namespace-changed.ts";
import { naming } from "./naming.ts";
import { needlessAlias } from "./needless-alias.ts";
import { personalMarkLost } from "./personal-mark-lost.ts";
import { reservedFieldName } from "./reserved-field-name.ts";
import type { Rule } from "./rule.ts";
import type { StyleRule } from "./style-rule.ts";

const MEANING: readonly MeaningRule[] = [
  aliasRemoved,
  decimalChanged,
  defaultChanged,
  enumOrderChanged,
  fieldRenamed,
  logicalTypeChanged,
  namespaceChanged,
  personalMarkLost,
];

const STYLE: readonly StyleRule[] = [
  defaultNotFirstBranch,
  defaultNotFitting,
  fileName,
  invalidSchema,
  missingDoc,
  naming,
  needlessAlias,
  reservedFieldName,
];

/** Every rule that judges schemas by themselves; those of the fleet's codec are `fleet/`'s. */
export const RULES: readonly Rule[] = [...compatibilityRules, ...MEANING, ...STYLE];

/**
 * What `version` says differently from `older`, though both read each other. Empty too when one of them can't be
 * read: `styleFindings` and `specFindings` tell that. Meant for the version before: what was changed on purpose long ago,
 * and waived then, would be found again in every comparison with older ones.
 * @param subjects - carried into the findings
 */
export function meaningFindings(
  version: SchemaVersion,
  older: SchemaVersion,
  subjects: readonly string[],
): Finding[] {
  if (sameText(version, older)) return [];
  const [now, before] = [readVersion(version), readVersion(older)];
  if (now instanceof SchemaTextError || before instanceof SchemaTextError) return [];
  const sides = { version, older, subjects };
  return matched(now, before).flatMap((pair) =>
    MEANING.flatMap((rule) => rule.find(pair).map((found) => toFinding(rule, found, sides))),
  );
}

/** What is wrong with `version` by itself; `invalid-schema` alone when it can't be read. */
export function styleFindings(version: SchemaVersion, subjects: readonly string[]): Finding[] {
  const schema = readVersion(version);
  const sides = { version, subjects };
  if (schema instanceof SchemaTextError) return [unreadable(schema, sides)];
  return STYLE.flatMap((rule) => rule.find(schema, version).map((found) => toFinding(rule, found, sides)));
}
