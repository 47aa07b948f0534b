import { PERMISSIONS, type Permissions } from "../executable/permissions.ts";

/**
 * The executable's own Node options, which `NODE_OPTIONS` can't add to (`execArgvExtension: "none"`): Node's permission
 * model, with what any of the commands needs. The entry then gives up what the called one doesn't.
 */
export function nodeOptions(table: readonly Permissions[] = Object.values(PERMISSIONS)): string[] {
  return [
    "--permission",
    "--allow-net",
    ...(table.some(({ read = false }) => read !== false) ? ["--allow-fs-read=*"] : []),
    ...(table.some(({ write = false }) => write) ? ["--allow-fs-write=*"] : []),
    ...(table.some(({ child = false }) => child) ? ["--allow-child-process"] : []),
    // It opens any file by ATTACH, whatever the permissions say.
    "--no-experimental-sqlite",
    // That --allow-net is experimental, and that a child process may do more than this one.
    "--disable-warning=ExperimentalWarning",
    "--disable-warning=PERM0002",
  ];
}
