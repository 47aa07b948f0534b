import type { Dashboard } from "./dashboard.ts";
import { broken } from "./fleet/broken.ts";
import { felt } from "./fleet/felt.ts";
import { waits } from "./fleet/waits.ts";

export const fleet: Dashboard = {
  name: "fleet",
  title: "fleet",
  description: "The whole fleet on one page: what customers feel, what waits, what is broken.",
  choices: [
    { name: "worker", label: "Worker", values: { of: "boxoffice_build_info", label: "worker" }, many: true },
  ],
  sections: [felt, waits, broken],
};
