import { maskValue } from "./config-mask.ts";
import type { Resolved, ValueSource } from "./config-resolve.ts";
import { type Setting, type SettingName, settingNames, settings } from "./config-settings.ts";
import type { Config } from "./config-shape.ts";

/** One setting in force. */
export interface ConfigRow {
  readonly name: SettingName;
  /** As text, secrets masked; undefined: not set. */
  readonly value: string | undefined;
  readonly source: ValueSource;
  /** What it is for. */
  readonly doc: string;
}

/** Every setting in force with where it came from; secrets, and passwords inside URLs, masked. */
export function describeConfig(config: Config): readonly ConfigRow[] {
  return config.settings;
}

export function configRows({ texts }: Pick<Resolved, "texts">): readonly ConfigRow[] {
  return settingNames.map((name) => {
    const setting: Setting = settings[name];
    const { text, source } = texts.get(name) ?? { text: undefined, source: "unset" };
    const value = text === undefined ? undefined : maskValue(text, setting.secret);
    return { name, value, source, doc: setting.doc };
  });
}
