import type { BundledPackage } from "./packages.ts";

/** Licences that let anybody ship the code inside something else for no more than its notice. */
const PERMISSIVE: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "MIT-0",
  "Unlicense",
  "Zlib",
]);

/** Whether an SPDX expression leaves a permissive choice: every `AND`, any `OR`. */
export function isPermissive(expression: string): boolean {
  const inner = expression.replaceAll(/[()]/g, " ");
  return inner
    .split(/\sOR\s/)
    .some((choice) => choice.split(/\sAND\s/).every((id) => PERMISSIVE.has(id.trim())));
}

/** What must be passed on with the executable: every package's licence, and Node's with all that is in it. */
export function licensesText(
  packages: readonly BundledPackage[],
  node: { readonly version: string; readonly license: string },
): string {
  const list = packages.map(({ name, version, license }) => `  ${name} ${version}: ${license}`);
  const texts = packages.map(({ name, version, license, licenseText }) =>
    section(
      `${name} ${version} (${license})`,
      licenseText ?? `Licensed under ${license}; it carries no text.`,
    ),
  );
  return [
    "boxoffice: Apache-2.0. The executable holds Node.js and these packages:\n",
    `${list.join("\n")}\n`,
    ...texts,
    section(`Node.js ${node.version}, with all that is compiled into it`, node.license.trim()),
  ].join("\n");
}

function section(title: string, text: string): string {
  return `${"=".repeat(80)}\n${title}\n${"=".repeat(80)}\n${text.replaceAll("\r\n", "\n")}\n`;
}
