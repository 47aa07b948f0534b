/** The registry's names of compatibility levels. */
export const LEVELS = [
  "BACKWARD",
  "BACKWARD_TRANSITIVE",
  "FORWARD",
  "FORWARD_TRANSITIVE",
  "FULL",
  "FULL_TRANSITIVE",
  "NONE",
] as const;
export type Level = (typeof LEVELS)[number];

/** What a level asks of a new version. */
export interface LevelDemands {
  /** The new version must read what was written before. */
  readonly backward: boolean;
  /** What was deployed before must read what the new version writes. */
  readonly forward: boolean;
  /** Against every version in history; false: only the newest. */
  readonly transitive: boolean;
}

export function demandsOf(level: Level): LevelDemands {
  return {
    backward: level.startsWith("BACKWARD") || level.startsWith("FULL"),
    forward: level.startsWith("FORWARD") || level.startsWith("FULL"),
    transitive: level.endsWith("_TRANSITIVE"),
  };
}
