import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import t from "tap";
import { loadWorker, loadWorkers, workerNames } from "../../workers/all.ts";

const folder = resolve(import.meta.dirname, "../../workers");

t.test("workerNames() holds every folder with a worker.ts", async (t) => {
  const folders = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("_"))
    .filter((entry) => readdirSync(join(folder, entry.name)).includes("worker.ts"));
  t.same(workerNames(), folders.map((entry) => entry.name).sort());
});

t.test("loadWorkers() loads each under its folder's name", async (t) => {
  const workers = await loadWorkers();
  t.same(
    workers.map((worker) => worker.name),
    workerNames(),
  );
});

t.test("loadWorker() refuses a name that isn't a worker", async (t) => {
  for (const name of ["nobody", "_runtime", "../scripts", ""])
    await t.rejects(loadWorker(name), { name: "UsageError", message: `Cannot find worker '${name}'` }, name);
});
