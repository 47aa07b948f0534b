import { actCommand, actHelp } from "./act-on-letters.ts";

export const restore = actCommand({
  name: "restore",
  description: "Opens discarded letters again, with a reason; an edit of theirs comes back with them.",
  outcome: "discarded",
  act: (desk, which, deed, call) => desk.restore(which, deed, call),
  past: "restored",
}).addHelpText(
  "after",
  actHelp(`
  $ npx boxoffice dlq restore --fingerprint 5d1e --reason 'discarded too many'
  $ npx boxoffice dlq restore reservations.payment.dlq-3-1412 --reason 'was no duplicate' --yes`),
);
