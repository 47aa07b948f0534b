import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import t from "tap";
import { buildOverlay } from "../../../scripts/k8s/check/build.ts";
import { built, scratchFolder } from "../../_support/executable.ts";
import { findTool, leaveOut } from "../../left-out.ts";

/** The local overlay as k8s/README.md applies it, in containers and networks of this machine's. */

const root = resolve(import.meta.dirname, "../../..");
const SHARED = ["kafka 9092", "registry 8080"];
/** Every connection that a worker may open; all others are refused, and the services open none. */
const WANTED: Readonly<Record<string, readonly string[]>> = {
  console: [
    ...SHARED,
    "redis 6379",
    ...["expiry", "intake", "notification", "payment", "replayer", "settlement"].map(
      (name) => `${name} 9464`,
    ),
  ],
  expiry: [...SHARED, "redis 6379"],
  intake: [...SHARED, "redis 6379"],
  notification: [...SHARED, "redis 6379", "catcher 1025"],
  payment: [...SHARED, "gateway 8090"],
  replayer: [...SHARED, "redis 6379"],
  settlement: [...SHARED, "redis 6379"],
};

interface Seen {
  readonly jobs: Readonly<Record<string, number | null>>;
  readonly concerts: { readonly code: number | null };
  readonly reserved: { readonly status: number; readonly body: unknown };
  readonly load: { readonly code: number | null; readonly stdout: string };
  readonly groups: { readonly code: number | null; readonly stdout: string };
  readonly mails: readonly { readonly subject: string }[];
  readonly connections: readonly string[];
  readonly ends: Readonly<Record<string, number | null>>;
}

const why = whyNot();
if (why !== undefined) leaveOut(t, "the local overlay brought up as it stands", why);
else {
  t.setTimeout(960_000);
  t.test(
    "the local overlay comes up, sells seats by commands in its pods, and lets through just what is declared",
    async (t) => {
      const seen = await bringUp(built(t).executable, scratchFolder(t));
      t.same(seen.jobs, { "schemas-register": 0, "topics-apply": 0 });
      t.equal(seen.concerts.code, 0);
      t.match(seen.reserved, { status: 202, body: { state: "held", seats: ["A-1", "A-2"] } });
      t.match(seen.mails[0]?.subject, /^Confirmed/, "paid by the gateway, told by mail");
      t.equal(seen.load.code, 0);
      const load: { reservations: { accepted: number } } = JSON.parse(seen.load.stdout);
      t.ok(load.reservations.accepted > 30, seen.load.stdout);
      t.equal(seen.groups.code, 0, "dead letters are listed in the console's pod");
      const wanted = Object.entries(WANTED).flatMap(([from, all]) => all.map((to) => `${from} ${to}`));
      t.same([...seen.connections].sort(), wanted.sort());
      t.same(seen.ends, Object.fromEntries(Object.keys(WANTED).map((name) => [name, 0])), "SIGTERM drains");
    },
  );
}

async function bringUp(executable: string, folder: string): Promise<Seen> {
  const files = await Promise.all(
    ["local/prepare", "local"].map(async (overlay, i) => {
      const file = join(folder, `applied-${i}.yaml`);
      const path = join(root, "k8s/overlays", overlay);
      writeFileSync(file, await buildOverlay(path, AbortSignal.timeout(300_000)));
      return file;
    }),
  );
  const program = join(root, "tests/_support/cluster/run.ts");
  const own = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const child = spawn("unshare", [...own, process.execPath, program, executable, folder, ...files], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  if (code !== 0) throw new Error(`Cannot bring it up, exit code ${code}:\n${stderr}`);
  return JSON.parse(stdout);
}

/** What keeps this machine from it. */
function whyNot(): string | undefined {
  if (process.platform !== "linux") return "needs Linux' namespaces";
  if (!findTool("kustomize", "kubectl")) return "kustomize is missing: install it, or kubectl";
  for (const tool of ["ip", "nft", "unshare", "nsenter", "setpriv", "ldd"])
    if (!findTool(tool)) return `${tool} is missing: apt-get install iproute2 nftables util-linux libc-bin`;
  if (process.getuid?.() !== 0) return "wants to be root: it makes networks";
  const { status, stderr } = spawnSync("unshare", ["--net", "--mount", "nft", "list", "ruleset"], {
    encoding: "utf8",
  });
  return status === 0 ? undefined : `networks can't be made or filtered here: ${stderr.trim()}`;
}
