import t from "tap";
import { Permanent, Unavailable } from "../../../workers/_runtime/mod.ts";
import { failureOf } from "../../../workers/notification/failure.ts";

const ADDRESS = "ada@example.org";

for (const [what, error, expected, message] of [
  [
    "connection refused",
    { code: "ESOCKET", originalCode: "ECONNREFUSED", command: "CONN" },
    Unavailable,
    "SMTP server is not available at CONN: ESOCKET ECONNREFUSED",
  ],
  [
    "a timeout",
    { code: "ETIMEDOUT", command: "CONN" },
    Unavailable,
    "SMTP server is not available at CONN: ETIMEDOUT",
  ],
  [
    "a greeting of 554",
    { code: "EPROTOCOL", command: "CONN", responseCode: 554, response: "554 go away" },
    Unavailable,
    "SMTP server is not available at CONN: 554",
  ],
  [
    "421 to RCPT TO",
    { code: "EENVELOPE", command: "RCPT TO", responseCode: 421, response: "421 4.3.2 closing" },
    Unavailable,
    "SMTP server is not available at RCPT TO: 421 4.3.2",
  ],
  [
    "a refused login",
    { code: "EAUTH", command: "AUTH PLAIN", responseCode: 535, response: "535 5.7.8 no" },
    Unavailable,
    "SMTP server is not available at AUTH PLAIN: 535 5.7.8",
  ],
  [
    "550 to MAIL FROM",
    { code: "EENVELOPE", command: "MAIL FROM", responseCode: 550, response: "550 who" },
    Unavailable,
    "SMTP server refused the sender (SMTP_FROM): 550",
  ],
  [
    "552 to MAIL FROM",
    { code: "EENVELOPE", command: "MAIL FROM", responseCode: 552, response: "552 5.3.4 big" },
    Permanent,
    "SMTP server takes no message of this size: 552 5.3.4",
  ],
  [
    "450 to RCPT TO",
    {
      code: "EENVELOPE",
      command: "RCPT TO",
      responseCode: 450,
      response: `450 4.2.0 <${ADDRESS}> greylisted`,
    },
    Error,
    "SMTP server refused the recipient: 450 4.2.0",
  ],
  [
    "550 to RCPT TO",
    { code: "EENVELOPE", command: "RCPT TO", responseCode: 550, response: `550-5.1.1 <${ADDRESS}> unknown` },
    Permanent,
    "SMTP server refused the recipient: 550 5.1.1",
  ],
  [
    "452 to the message",
    { code: "EMESSAGE", command: "DATA", responseCode: 452, response: "452 later" },
    Error,
    "SMTP server refused the message: 452",
  ],
  [
    "554 to the message",
    { code: "EMESSAGE", command: "DATA", responseCode: 554, response: "554 5.6.0 bad content" },
    Permanent,
    "SMTP server refused the message: 554 5.6.0",
  ],
  [
    "an address SMTP can't carry",
    { code: "EENVELOPE", command: "API", message: `Invalid recipient "${ADDRESS}"` },
    Permanent,
    "Cannot send as the recipient's address is not one that SMTP can carry",
  ],
  ["an abort", { code: "EABORT" }, Error, "Sending was given up: its time was over"],
  ["something that is no error", null, Unavailable, "SMTP server is not available: no code given"],
] as const) {
  t.test(`failureOf() makes ${expected.name} of ${what}`, async (t) => {
    const failure = failureOf(error);
    t.equal(failure.constructor, expected);
    t.equal(failure.message, message);
    t.notMatch(JSON.stringify(failure) + failure.stack, ADDRESS, "carries no address");
  });
}
