import type { Dashboard } from "./dashboard.ts";
import { kafka } from "./worker/kafka.ts";
import { processes } from "./worker/process.ts";
import { retries } from "./worker/retries.ts";
import { work } from "./worker/work.ts";

export const worker: Dashboard = {
  name: "worker",
  title: "one worker",
  description: "One worker, all of its processes or one: what it does, what it waits for, what it costs.",
  choices: [
    { name: "worker", label: "Worker", values: { of: "boxoffice_build_info", label: "worker" } },
    {
      name: "instance",
      label: "Process",
      values: { of: 'boxoffice_build_info{worker="$worker"}', label: "instance" },
      many: true,
    },
  ],
  sections: [work, retries, kafka, processes],
};
