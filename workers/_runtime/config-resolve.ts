import { readFileSync } from "node:fs";
import { maskValue } from "./config-mask.ts";
import {
  isSettingName,
  type Profile,
  type Setting,
  type SettingName,
  type SettingValues,
  settingNames,
  settings,
} from "./config-settings.ts";
import type { ConfigProblem } from "./errors.ts";
import { nearestWord } from "./spelling.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a value came from. */
export type ValueSource = "environment" | "file" | "profile" | "default" | "unset";

export interface Resolved {
  readonly values: SettingValues;
  /** As text, secrets not masked; undefined where unset. */
  readonly texts: ReadonlyMap<
    SettingName,
    { readonly text: string | undefined; readonly source: ValueSource }
  >;
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly string[];
}

/** Finds the text of every setting and reads it, collecting every problem instead of stopping at the first. */
export function resolveSettings(environment: Environment, needs: readonly string[]): Resolved {
  const problems: ConfigProblem[] = [];
  const texts = new Map<SettingName, { text: string | undefined; source: ValueSource }>();
  const values: Record<string, unknown> = {};
  const profile = profileOf(environment);
  const misspelt = misspeltNames(environment);
  const needed = withCompanions(needs);

  for (const name of settingNames) {
    const setting: Setting = settings[name];
    const found = findText(name, setting, environment, profile, problems);
    texts.set(name, found);
    if (found.text === undefined) {
      if (needed.has(name) && !problems.some((problem) => problem.name === name))
        problems.push(missing(name, setting, misspelt));
      continue;
    }
    const read = setting.kind.schema.safeParse(found.text);
    if (read.success) values[name] = read.data;
    else problems.push(refused(name, setting, found.text));
  }
  // Each key was read by the kind that gives SettingValues its type.
  return { values: values as SettingValues, texts, problems, warnings: misspellingWarnings(misspelt) };
}

/** An unknown profile is reported with the rest; until then production's defaults count. */
function profileOf(environment: Environment): Profile {
  const read = settings.BOXOFFICE_PROFILE.kind.schema.safeParse(environment.BOXOFFICE_PROFILE);
  return read.success ? read.data : "production";
}

function withCompanions(needs: readonly string[]): ReadonlySet<SettingName> {
  const needed = new Set<SettingName>();
  for (const name of needs) {
    if (!isSettingName(name))
      throw new TypeError(`Cannot read configuration as '${name}' is not the name of a setting`);
    const setting: Setting = settings[name];
    for (const each of [name, ...(setting.with ?? [])]) if (isSettingName(each)) needed.add(each);
  }
  return needed;
}

function findText(
  name: SettingName,
  setting: Setting,
  environment: Environment,
  profile: Profile,
  problems: ConfigProblem[],
): { text: string | undefined; source: ValueSource } {
  const direct = environment[name] || undefined;
  const file = setting.secret === undefined ? undefined : environment[`${name}_FILE`] || undefined;
  if (direct !== undefined && file !== undefined)
    problems.push({ name, problem: `it is set twice: keep either ${name} or ${name}_FILE` });
  if (direct !== undefined) return { text: direct, source: "environment" };
  if (file !== undefined) return { text: readSecret(name, file, problems), source: "file" };
  if (typeof setting.default === "string") return { text: setting.default, source: "default" };
  const text = setting.default?.[profile];
  return { text, source: text === undefined ? "unset" : "profile" };
}

function readSecret(name: SettingName, file: string, problems: ConfigProblem[]): string | undefined {
  try {
    const text = readFileSync(file, "utf8").trim();
    if (text !== "") return text;
    problems.push({
      name,
      problem: `the file that ${name}_FILE names must not be empty: current value is '${file}'`,
    });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    problems.push({
      name,
      problem: `the file that ${name}_FILE names must be readable (${code}): current value is '${file}'`,
    });
  }
  return undefined;
}

function missing(name: SettingName, setting: Setting, misspelt: ReadonlyMap<string, string>): ConfigProblem {
  const written = [...misspelt].find(([, meant]) => meant === name)?.[0];
  const hint = written === undefined ? "" : ` (is ${written} meant to be it?)`;
  const file = setting.secret === undefined ? "" : `, or ${name}_FILE to a file with it`;
  return { name, problem: `it must be set to ${setting.kind.allowed}${file}${hint}` };
}

function refused(name: SettingName, setting: Setting, text: string): ConfigProblem {
  const shown = maskValue(text, setting);
  // Kubernetes sets <SERVICE>_PORT=tcp://… in every pod of a namespace that has a service of that name.
  const hint =
    name.endsWith("_PORT") && text.startsWith("tcp://")
      ? " (set by Kubernetes: enableServiceLinks: false)"
      : "";
  return { name, problem: `it must be ${setting.kind.allowed}: current value is '${shown}'${hint}` };
}

/** Name in the environment -> the setting it was probably meant to be; only where that one is not set itself. */
function misspeltNames(environment: Environment): ReadonlyMap<string, string> {
  const known = new Set<string>(settingNames);
  for (const name of settingNames) known.add(`${name}_FILE`);
  const misspelt = new Map<string, string>();
  for (const name of Object.keys(environment)) {
    if (!environment[name] || !name.includes("_")) continue;
    const meant = nearestWord(name, known);
    if (meant !== undefined && !environment[meant]) misspelt.set(name, meant);
  }
  return misspelt;
}

function misspellingWarnings(misspelt: ReadonlyMap<string, string>): readonly string[] {
  return [...misspelt].map(
    ([name, meant]) => `${name} is not a setting and has no effect: did you mean ${meant}?`,
  );
}
