import { isSettingName, settings } from "../../workers/_runtime/config-settings.ts";
import type { Config } from "../../workers/_runtime/mod.ts";

/** Where a worker answers HTTP. */
export interface HttpPort {
  /** The setting, e.g. `INTAKE_PORT`. */
  readonly setting: string;
  /** The setting of the interface, e.g. `INTAKE_HOST`. */
  readonly host: string;
  readonly port: number;
}

/** Of a worker that people and programs call: one that has a setting `<WORKER>_PORT`. */
export function httpPortOf(
  worker: string,
  { settings: rows }: Pick<Config, "settings">,
): HttpPort | undefined {
  const prefix = worker.toUpperCase().replaceAll("-", "_");
  const [setting, host] = [`${prefix}_PORT`, `${prefix}_HOST`];
  if (!isSettingName(setting) || !isSettingName(host)) return undefined;
  const value = rows.find(({ name }) => name === setting)?.value;
  if (value === undefined) throw new TypeError(`Cannot find a port as '${setting}' has no default`);
  return { setting, host, port: Number(value) };
}

/** Whether a setting's value may hold a secret: then it comes from a file. */
export function isSecret(name: string): boolean {
  return isSettingName(name) && "secret" in settings[name];
}
