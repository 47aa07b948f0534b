#!/usr/bin/env node
// The launcher: plain JavaScript, so that any Node from 20 on can read it. Everything behind it is TypeScript
// that only the project's own pinned Node runs as it stands; an older Node looks for that one and hands over.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const needed = 26;
const here = dirname(fileURLToPath(import.meta.url));

if (Number(process.versions.node.split(".")[0]) >= needed) {
  const { main } = await import("../workers/main.ts");
  await main(process.argv.slice(2));
} else {
  const pinned = findPinnedNode();
  if (pinned === undefined) {
    console.error(
      `boxoffice: can't find the Node ${needed} that this project pins (this is ${process.version}): run npm ci in ${dirname(here)}`,
    );
    process.exit(3);
  }
  handOver(pinned);
}

function findPinnedNode() {
  const names = [
    `node-${process.platform}-${process.arch}`,
    `node-bin-${process.platform}-${process.arch}`,
  ].map((name) => join(name, "bin", "node"));
  for (let folder = dirname(here); ; folder = dirname(folder)) {
    const modules = join(folder, "node_modules");
    const found = [...names, join(".bin", "node")].map((name) => join(modules, name)).find(existsSync);
    if (found !== undefined) return found;
    if (dirname(folder) === folder) return undefined;
  }
}

function handOver(node) {
  // The ipc channel carries no messages: its end tells the child that this process was killed.
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, BOXOFFICE_LAUNCHED: "1" },
  });
  // A terminal sends its own signals to the child as well; sent twice, the second would mean "at once".
  const fromTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (signal === "SIGTERM" || !fromTerminal) child.kill(signal);
    });
  }
  child.on("error", (error) => {
    console.error(`boxoffice: can't start ${node}: ${error.message}: run npm ci`);
    process.exit(3);
  });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
