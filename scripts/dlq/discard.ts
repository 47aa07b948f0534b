import { actCommand, actHelp } from "./act-on-letters.ts";

export const discard = actCommand({
  name: "discard",
  description:
    "Takes open letters out of the counts, with a reason. They stay in the DLQ until retention takes them, and " +
    "restore brings them back.",
  outcome: "open",
  act: (desk, which, deed, call) => desk.discard(which, deed, call),
  past: "discarded",
}).addHelpText(
  "after",
  actHelp(`
  $ npx boxoffice dlq discard --fingerprint 5d1e --until today --reason 'test data of the load test'
  $ npx boxoffice dlq discard --plan 20261124-031205417-k7f3m --reason 'refunded by hand, INC-12' --yes
  $ npx boxoffice dlq discard reservations.payment.dlq-3-1412 --reason 'a duplicate'`),
);
