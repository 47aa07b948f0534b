import { merge } from "../../../../scripts/schemas/check/merge.ts";
import type { Finding } from "../../../../scripts/schemas/finding.ts";
import type { CheckResult } from "../../../../scripts/schemas/report/check-result.ts";

const CAPTURED = `{
  "type": "record",
  "name": "PaymentCaptured",
  "fields": [
    { "name": "amount", "type": "int" },
    { "name": "note", "type": ["null", "string"] }
  ]
}
`;

const removed: Finding = {
  rule: "field-removed",
  category: "compatibility",
  severity: "error",
  record: "boxoffice.PaymentCaptured",
  subjects: ["payments-boxoffice.PaymentCaptured"],
  at: { file: "schemas/PaymentCaptured.avsc", line: 4, column: 13, pointer: "/fields" },
  against: { file: "4f2c1e9:schemas/PaymentCaptured.avsc", line: 9, column: 15, pointer: "/fields/currency" },
  what: "field 'currency' of 'PaymentCaptured' was removed",
  from: "string without default",
  to: "no such field",
  who: ["payment as long as it has the older schema can't read new records", "settlement likewise"],
  fix: "keep 'currency', and go on filling it",
  fingerprint: "aaaaaaaaaaaaaaa1",
};

/** Everything in it that some form of output must escape. */
const hostile: Finding = {
  rule: "type-changed",
  category: "meaning",
  severity: "warning",
  record: "boxoffice.PaymentCaptured",
  subjects: ["payments-boxoffice.PaymentCaptured"],
  at: { file: "schemas/Payment, captured: 100%.avsc", line: 5, column: 32, pointer: "/fields/amount/type" },
  against: {
    file: "registry v3 of payments-boxoffice.PaymentCaptured",
    line: 1,
    column: 80,
    pointer: "/fields/amount/type",
  },
  what: "type <b>'amount'</b> & \"more\" | `code` *was* changed\n::error::forged 100% \u001b[31mred\u0000 ]]> @everyone",
  from: "long",
  to: "int",
  who: ["who <reads> it\r\nin two lines"],
  fix: "keep [long](http://example.com)",
  fingerprint: "aaaaaaaaaaaaaaa2",
};

const waived: Finding = {
  ...removed,
  rule: "naming",
  category: "style",
  at: { file: "schemas/PaymentCaptured.avsc", line: 6, column: 15, pointer: "/fields/note/name" },
  what: "field 'note' is not spelled as others are",
  from: "note",
  to: "Note",
  who: ["other teams guess"],
  fix: "rename it",
  fingerprint: "aaaaaaaaaaaaaaa3",
};
const { against: _, ...ownWaived } = waived;

/** Two open findings and a waived one, over three versions. */
export const fixedResult: CheckResult = {
  subjects: ["payments-boxoffice.PaymentCaptured", "concerts-boxoffice.Concert"],
  compared: [
    { name: "git:main", subjects: 2, versions: 5 },
    { name: "registry", subjects: 1, versions: 3 },
  ],
  comparisons: 8,
  open: merge([
    { finding: hostile, version: "registry v3" },
    { finding: removed, version: "git:1111111" },
    { finding: removed, version: "git:2222222" },
    { finding: removed, version: "git:4f2c1e9" },
  ]),
  waived: [
    {
      finding: ownWaived,
      versions: [],
      waiver: {
        ...{ rule: "naming", record: waived.record, pointer: "/fields/note/name" },
        fingerprint: waived.fingerprint,
        ...{
          owner: "payments team",
          reason: "The gateway calls it so.",
          expires: "2027-01-31",
          line: 3,
          column: 3,
        },
      },
    },
  ],
  upgrade: {
    verdict: "ordered",
    steps: [["payment"], ["intake", "settlement"]],
    why: ["payment before intake: payment as it runs now can't read 'boxoffice.PaymentCaptured'"],
  },
  notes: ["24 pairs of writer and reader were really encoded and decoded"],
  texts: new Map([["schemas/PaymentCaptured.avsc", CAPTURED]]),
};

/** The same with nothing found. */
export const fineResult: CheckResult = {
  ...fixedResult,
  ...{ open: [], waived: [], upgrade: { verdict: "any", steps: [], why: [] }, notes: [] },
};
