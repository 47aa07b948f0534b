import { at, listAt, numberAt, textAt, textsAt } from "../../../scripts/k8s/check/fields.ts";
import type { Manifest } from "../../../scripts/k8s/manifest.ts";

/** A volume as a container sees it: files of a Secret, or an empty folder to write to. */
export interface Mount {
  readonly path: string;
  /** Undefined: writable. */
  readonly files: ReadonlyMap<string, string> | undefined;
}

/** What a Deployment, StatefulSet or Job runs, one of each. */
export interface Pod {
  readonly name: string;
  readonly kind: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly ip: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** Container ports by name. */
  readonly ports: ReadonlyMap<string, number>;
  readonly readiness: { readonly path?: string; readonly port: number } | undefined;
  readonly graceSeconds: number;
}

const MAKERS = new Set(["Deployment", "StatefulSet", "Job"]);

/** The pods that the objects make, each with an address of its own in 10.99.0.0/24. */
export function podsOf(objects: readonly Manifest[]): readonly Pod[] {
  return objects
    .filter(({ kind }) => MAKERS.has(kind))
    .map((maker, i) => {
      const pod = at(maker, "spec", "template", "spec");
      const container = at(pod, "containers", 0);
      const ports = new Map(
        listAt(container, "ports").map((each) => [
          textAt(each, "name") ?? "",
          numberAt(each, "containerPort") ?? 0,
        ]),
      );
      return {
        ...{ name: maker.metadata.name, kind: maker.kind, ip: `10.99.0.${10 + i}`, ports },
        labels: textsAt(maker, "spec", "template", "metadata", "labels"),
        image: textAt(container, "image") ?? "",
        command: listAt(container, "command").map(String),
        args: listAt(container, "args").map(String),
        env: environment(objects, container),
        mounts: mounts(objects, maker, container),
        readiness: readiness(container, ports),
        graceSeconds: numberAt(pod, "terminationGracePeriodSeconds") ?? 30,
      };
    });
}

/** Each service's name with the addresses behind it, as a hosts file. */
export function hostsOf(objects: readonly Manifest[], pods: readonly Pod[]): string {
  const lines = objects
    .filter(({ kind }) => kind === "Service")
    .flatMap((service) => {
      const selector = textsAt(service, "spec", "selector");
      return pods
        .filter((pod) => matches(selector, pod.labels))
        .map(({ ip }) => `${ip} ${service.metadata.name}\n`);
    });
  return `127.0.0.1 localhost\n${lines.join("")}`;
}

export function matches(selector: ReadonlyMap<string, string>, labels: ReadonlyMap<string, string>): boolean {
  return [...selector].every(([key, value]) => labels.get(key) === value);
}

function environment(objects: readonly Manifest[], container: unknown): Record<string, string> {
  const shared = listAt(container, "envFrom").flatMap((from) => {
    const name = textAt(from, "configMapRef", "name");
    return [...textsAt(named(objects, "ConfigMap", name), "data")];
  });
  const own = listAt(container, "env").map((each) => {
    const [name, value] = [textAt(each, "name"), textAt(each, "value")];
    if (name === undefined || value === undefined)
      throw new Error(`Cannot tell the value of ${JSON.stringify(each)}`);
    return [name, value] as const;
  });
  return Object.fromEntries([...shared, ...own]);
}

function mounts(objects: readonly Manifest[], maker: Manifest, container: unknown): readonly Mount[] {
  const volumes = new Map(
    listAt(maker, "spec", "template", "spec", "volumes").map((each) => [textAt(each, "name"), each]),
  );
  return listAt(container, "volumeMounts").map((mount) => {
    const path = textAt(mount, "mountPath") ?? "";
    // A volume that isn't there is a claim of a StatefulSet's own.
    const secret = at(volumes.get(textAt(mount, "name")), "secret");
    if (secret === undefined) return { path, files: undefined };
    const object = objects.find(
      ({ kind, metadata }) => kind === "Secret" && metadata.name === textAt(secret, "secretName"),
    );
    if (object === undefined && at(secret, "optional") === true) return { path, files: new Map() };
    const data = textsAt(named(objects, "Secret", textAt(secret, "secretName")), "data");
    const files = listAt(secret, "items").map((item) => {
      const value = data.get(textAt(item, "key") ?? "");
      if (value === undefined) throw new Error(`Cannot mount ${JSON.stringify(item)}: no such key`);
      return [textAt(item, "path") ?? "", Buffer.from(value, "base64").toString()] as const;
    });
    return { path, files: new Map(files) };
  });
}

function named(objects: readonly Manifest[], kind: string, name: string | undefined): Manifest {
  const found = objects.find((each) => each.kind === kind && each.metadata.name === name);
  if (found === undefined) throw new Error(`Cannot find ${kind} '${name}'`);
  return found;
}

function readiness(container: unknown, ports: ReadonlyMap<string, number>): Pod["readiness"] {
  const probe = at(container, "readinessProbe");
  if (probe === undefined) return undefined;
  const [http, tcp] = [at(probe, "httpGet"), at(probe, "tcpSocket")];
  const name = textAt(http ?? tcp, "port");
  // A command inside the container: that its first port answers is as much as can be asked from outside.
  const port = name === undefined ? [...ports.values()][0] : ports.get(name);
  if (port === undefined) throw new Error(`Cannot find port '${name}' of a probe`);
  const path = textAt(http, "path");
  return { port, ...(path !== undefined && { path }) };
}
