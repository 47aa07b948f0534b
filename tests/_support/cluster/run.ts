/**
 * Brings up what manifests describe, as a cluster would: a container a pod, each in a network of its own behind the
 * NetworkPolicies, the jobs first. Sells a few seats by commands inside pods, tries connections, stops all. Prints what
 * it saw as JSON. Run by a test, as root in namespaces of its own:
 *
 *     unshare --net --mount --pid --fork --kill-child --mount-proc node run.ts EXECUTABLE FOLDER PREPARE FLEET
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { makeRootFs } from "../../../scripts/build/root-fs.ts";
import { readManifests } from "../../../scripts/k8s/check/read.ts";
import { canReach, type Host, innerOf, makeVolumes, startBoxoffice, startProgram } from "./container.ts";
import { flowsOf } from "./flows.ts";
import { makeNetwork } from "./network.ts";
import { hostsOf, type Pod, podsOf } from "./pods.ts";
import { standIns } from "./stand-ins.ts";

const NAMESPACE = "boxoffice";
/** Of everything; the test gives up a little later. */
const signal = AbortSignal.timeout(900_000);

const [executable = "", folder = "", prepareFile = "", fleetFile = ""] = process.argv.slice(2);
const prepare = readManifests(await readFile(prepareFile, "utf8"), prepareFile);
const fleet = readManifests(await readFile(fleetFile, "utf8"), fleetFile);
// What both bring is the same: applied twice it stays as it is.
const objects = [...fleet, ...prepare.filter((each) => !fleet.some((other) => isSame(each, other)))];
const pods = podsOf(objects);
const flows = flowsOf(objects, pods, NAMESPACE);
makeNetwork(pods, flows);
say("network");

const host: Host = { folder, root: join(folder, "root"), hosts: join(folder, "hosts") };
await writeFile(host.hosts, hostsOf(objects, pods));
makeRootFs(executable, host.root);
await writeFile(join(host.root, "etc/hosts"), await readFile(host.hosts));
await mkdir(join(host.root, "ledger"));
const volumes = new Map<Pod, ReadonlyMap<string, string>>();
for (const pod of pods) volumes.set(pod, await makeVolumes(host, pod));
const others = await standIns(folder, signal);
const running = new Map<Pod, ChildProcess>();

const jobs = pods.filter(({ kind }) => kind === "Job");
const workers = pods.filter(({ args }) => args[0] === "run");
const services = pods.filter((pod) => !jobs.includes(pod) && !workers.includes(pod));

await Promise.all(services.map(startAndWait));
const jobCodes: Record<string, number | null> = {};
for (const pod of jobs) jobCodes[pod.name] = (await call(pod, pod.args)).code;
say(`jobs ${JSON.stringify(jobCodes)}`);
// One after the other: all at once would be seven starts on two cores.
for (const pod of workers) await startAndWait(pod);
say("workers are ready");

const concerts = await call(podOf("console"), [
  ...["concerts", "apply", "shipped:scripts/concerts/grand-hall.json"],
]);
const reserved = await reserve();
const load = await call(podOf("intake"), ["load", "--fans", "60", "--duration", "3s", "--json"]);
say("load is through");
const groups = await call(podOf("console"), ["dlq", "groups", "--json"]);
const mails = await mailTo("me@example.org");
const connections = triedConnections();
say("connections are tried");

const ends: Record<string, number | null> = {};
for (const pod of workers) ends[pod.name] = await stop(pod);
process.stdout.write(
  JSON.stringify({
    ...{ jobs: jobCodes, workers: workers.map(({ name }) => name), concerts, reserved, load, groups, mails },
    ...{ connections, ends, flows: flows.map(({ from, to, port }) => `${from.name} ${to.name} ${port}`) },
  }),
);
// The services go with this process' namespaces.
process.exit(0);

function podOf(name: string): Pod {
  const found = pods.find((pod) => pod.name === name);
  if (found === undefined) throw new Error(`no pod ${name}`);
  return found;
}

function volumesOf(pod: Pod): ReadonlyMap<string, string> {
  return volumes.get(pod) ?? new Map();
}

async function start(pod: Pod): Promise<ChildProcess> {
  const own = volumesOf(pod);
  if (/(^|\/)boxoffice:/.test(pod.image)) return startBoxoffice(host, pod, own, pod.args, "log");
  const { command, env } =
    pod.name === "kafka"
      ? await others.kafka(pod, own)
      : pod.name === "registry"
        ? others.registry(pod, own)
        : others.redis(pod);
  return startProgram(host, pod, command, env);
}

/** Started again when it ends before: a pod is, too. */
async function startAndWait(pod: Pod): Promise<void> {
  let child = await start(pod);
  while (!(await isReady(pod))) {
    if (child.exitCode !== null) {
      say(`${pod.name} ended with ${child.exitCode}`);
      child = await start(pod);
    }
    await wait(200, undefined, { signal });
  }
  running.set(pod, child);
  say(`${pod.name} is ready`);
}

async function isReady({ ip, readiness }: Pod): Promise<boolean> {
  if (readiness === undefined) return true;
  const { path, port } = readiness;
  try {
    if (path !== undefined)
      return (await fetch(`http://${ip}:${port}${path}`, { signal: AbortSignal.timeout(3_000) })).ok;
    const socket = connect({ host: ip, port, signal: AbortSignal.timeout(3_000) });
    await once(socket, "connect");
    socket.destroy();
    return true;
  } catch {
    return false;
  }
}

/** A job, or what `kubectl exec` starts: a process in the pod's network with its volumes and environment. */
async function call(pod: Pod, args: readonly string[]): Promise<{ code: number | null; stdout: string }> {
  const child = startBoxoffice(host, pod, volumesOf(pod), args, "pipe");
  if (child.stdout === null) throw new Error("no output");
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  return { code, stdout };
}

/** As the newcomer's curl does. */
async function reserve(): Promise<{ status: number; body: unknown }> {
  const { ip, ports } = podOf("intake");
  for (;;) {
    const answer = await fetch(`http://${ip}:${ports.get("http")}/reservations`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-client-id": "me", "idempotency-key": "first" },
      body: JSON.stringify({
        ...{ concertId: "grand-hall-gala", seats: ["A-1", "A-2"], customerId: "me" },
        ...{ email: "me@example.org", card: "tok_visa_4242" },
      }),
      signal,
    });
    const body: unknown = await answer.json();
    if (answer.status === 202) return { status: answer.status, body };
    // The concert was published this moment, and the seat map of an empty Redis is being built: both take a moment more.
    if (![404, 503].includes(answer.status))
      throw new Error(`Cannot reserve: ${answer.status} ${JSON.stringify(body)}`);
    await wait(200, undefined, { signal });
  }
}

async function mailTo(address: string): Promise<readonly unknown[]> {
  const { ip, ports } = podOf("catcher");
  for (;;) {
    const answer = await fetch(`http://${ip}:${ports.get("admin")}/messages?to=${address}`, { signal });
    const found: unknown = await answer.json();
    if (Array.isArray(found) && found.length > 0) return found;
    await wait(200, undefined, { signal });
  }
}

/** Of each pod to each port of each other one that runs: those that were let through. */
function triedConnections(): readonly string[] {
  const alive = [...workers, ...services];
  return alive.flatMap((from) =>
    alive
      .filter((to) => to !== from)
      .flatMap((to) =>
        [...to.ports.values()]
          .filter((port) => canReach(from, to, port))
          .map((port) => `${from.name} ${to.name} ${port}`),
      ),
  );
}

async function stop(pod: Pod): Promise<number | null> {
  const child = running.get(pod);
  if (child === undefined) throw new Error(`${pod.name} never ran`);
  const ended = once(child, "exit", { signal: AbortSignal.timeout(pod.graceSeconds * 1000) });
  process.kill(innerOf(child), "SIGTERM");
  const [code] = await ended;
  return code;
}

function isSame(a: { kind: string; metadata: { name: string } }, b: typeof a): boolean {
  return a.kind === b.kind && a.metadata.name === b.metadata.name;
}

function say(what: string): void {
  process.stderr.write(`${Math.round(process.uptime())} s  ${what}\n`);
}
