import { Command } from "commander";
import { audit } from "./dlq/audit.ts";
import { discard } from "./dlq/discard.ts";
import { edit } from "./dlq/edit.ts";
import { exportCommand } from "./dlq/export.ts";
import { groups } from "./dlq/groups.ts";
import { importCommand } from "./dlq/import.ts";
import { list } from "./dlq/list.ts";
import { plan } from "./dlq/plan.ts";
import { plans } from "./dlq/plans.ts";
import { replay } from "./dlq/replay.ts";
import { restore } from "./dlq/restore.ts";
import { show } from "./dlq/show.ts";

const dlq = new Command("dlq").description(
  "Dead letters: what died and why, and back to work with them. A replay is planned first: a frozen set of letters and " +
    "what would become of each. It ends on outcomes: sent is not processed.",
);
for (const command of [
  groups,
  list,
  show,
  plan,
  replay,
  plans,
  edit,
  discard,
  restore,
  exportCommand,
  importCommand,
  audit,
])
  dlq.addCommand(command);

export default dlq.addHelpText(
  "after",
  `
Examples, at 3 a.m.:
  $ npx boxoffice dlq groups                              what died, how much, since when
  $ npx boxoffice dlq show LETTER                         one of them
  $ npx boxoffice dlq plan --fingerprint 5d1e --reason …  what a replay would do; sends nothing
  $ npx boxoffice dlq replay --plan PLAN --canary 10      ten first, then the rest, until all have outcomes
  $ npx boxoffice jobs results PLAN                       what became of each
  $ npx boxoffice dlq discard --fingerprint 77aa --reason …

Everything works at a console far away too (--remote URL), and says JSON (--json, --ndjson). docs/operators.md has more.

Exit codes: 0 fine; 1 the answer is no; 2 usage or configuration; 3 Kafka, Redis, the schema registry or the console
            can't be reached; 70 a bug`,
);
