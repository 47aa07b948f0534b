import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NON_ROOT } from "../../../scripts/build/root-fs.ts";
import type { Pod } from "./pods.ts";

/** Where containers come from and write to. */
export interface Host {
  /** Of everything below. */
  readonly folder: string;
  /** The executable's root file system, with a mount point for each path that is mounted. */
  readonly root: string;
  readonly hosts: string;
}

/** Puts a pod's volumes into folders of the host, by their paths in the container. */
export async function makeVolumes(
  { folder }: Host,
  { name, mounts }: Pod,
): Promise<ReadonlyMap<string, string>> {
  const made = new Map<string, string>();
  for (const [i, { path, files }] of mounts.entries()) {
    const place = join(folder, "volumes", name, String(i));
    await mkdir(place, { recursive: true });
    for (const [file, text] of files ?? []) await writeFile(join(place, file), text);
    if (files === undefined) await chown(place, NON_ROOT, NON_ROOT);
    made.set(path, place);
  }
  return made;
}

/** The executable as PID 1 of a container: read-only root, nobody's user, no capabilities, the pod's network. */
export function startBoxoffice(
  host: Host,
  pod: Pod,
  volumes: ReadonlyMap<string, string>,
  args: readonly string[],
  output: "pipe" | "log",
): ChildProcess {
  const binds = [...volumes].map(([path, place]) => {
    const target = `${host.root}${path}`;
    return `mkdir -p '${target}' && mount --bind '${place}' '${target}'`;
  });
  const script = [
    'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && mount -t tmpfs tmpfs "$0/run/secrets"',
    ...binds,
    `exec setpriv --no-new-privs unshare --pid --fork --kill-child --root="$0" --mount-proc=/proc \
--setuid ${NON_ROOT} --setgid ${NON_ROOT} /boxoffice "$@"`,
  ].join(" && ");
  return inNetwork(
    host,
    pod,
    ["unshare", "--mount", "sh", "-c", script, host.root, ...args],
    pod.env,
    output,
  );
}

/** A program of this machine that stands for another image's, in the pod's network. */
export function startProgram(
  host: Host,
  pod: Pod,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess {
  const script = `mount --bind '${host.hosts}' /etc/hosts && exec "$0" "$@"`;
  return inNetwork(host, pod, ["unshare", "--mount", "sh", "-c", script, ...command], env, "log");
}

function inNetwork(
  { folder }: Host,
  { name }: Pod,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  output: "pipe" | "log",
): ChildProcess {
  const log = openSync(join(folder, `${name}.log`), "a");
  return spawn("nsenter", [`--net=/run/netns/${name}`, ...command], {
    // Nothing of the test's own environment but where programs are.
    env: { PATH: process.env.PATH, ...env },
    cwd: folder,
    stdio: ["ignore", output === "log" ? log : output, log],
  });
}

/** The contained process: PID 1 of its namespace. */
export function innerOf({ pid }: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]);
}

/** Whether a pod can open a connection; what may not be is refused at once, so only what hangs is waited for. */
export function canReach(from: Pod, to: Pod, port: number): boolean {
  const connect = `exec 3<>/dev/tcp/${to.ip}/${port}`;
  try {
    execFileSync("nsenter", [`--net=/run/netns/${from.name}`, "timeout", "60", "bash", "-c", connect], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}
