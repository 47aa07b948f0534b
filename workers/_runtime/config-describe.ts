import { maskValue } from "./config-mask.ts";
import type { Resolved } from "./config-resolve.ts";
import { type Setting, settingNames, settings } from "./config-settings.ts";
import type { Config, ConfigRow } from "./config-shape.ts";

/** Every setting in force with where it came from; secrets, and passwords inside URLs, masked. */
export function describeConfig(config: Config): readonly ConfigRow[] {
  return config.settings;
}

export function configRows({ texts }: Pick<Resolved, "texts">): readonly ConfigRow[] {
  return settingNames.map((name) => {
    const setting: Setting = settings[name];
    const { text, source } = texts.get(name) ?? { text: undefined, source: "unset" };
    const value = text === undefined ? undefined : maskValue(text, setting);
    return { name, value, source, doc: setting.doc };
  });
}
