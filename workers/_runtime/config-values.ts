import * as z from "zod";
import { maskUrl } from "./config-mask.ts";
import { durationMs } from "./duration.ts";

/** How the text of a setting is read. */
export interface ValueKind<T> {
  /** Completes the sentence "it must be …". */
  readonly allowed: string;
  readonly schema: z.ZodType<T, string>;
  /** What of it may be shown; without one all, unless the setting is a secret. */
  readonly mask?: (text: string) => string;
}

/** A kind whose reader throws, or answers undefined, for text it doesn't take. */
function kind<T>(allowed: string, read: (text: string) => T | undefined): ValueKind<T> {
  const schema = z.string().transform((text, context): T => {
    let value: T | undefined;
    try {
      value = read(text);
    } catch {
      value = undefined;
    }
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: allowed });
    return z.NEVER;
  });
  return { allowed, schema };
}

export const text = kind("text", (value) => value);

export const duration = kind("a duration like '500ms', '10s', '5m' or '2h'", durationMs);

export function oneOf<const T extends string>(...values: readonly T[]): ValueKind<T> {
  return kind(`one of ${values.join(", ")}`, (value) =>
    values.find((known) => known === value.toLowerCase()),
  );
}

export function integer(min: number, max: number): ValueKind<number> {
  return kind(`a whole number from ${min} to ${max}`, (value) => {
    const number = Number(value);
    return /^\d+$/.test(value) && number >= min && number <= max ? number : undefined;
  });
}

export const share = kind("a number from 0 to 1", (value) => {
  const number = Number(value);
  return /^\d*\.?\d+$/.test(value) && number <= 1 ? number : undefined;
});

export const port = integer(0, 65_535);

const BYTE_UNITS: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

export const byteSize = kind("a size like '512KiB', '64MiB' or '2GiB'", (value) => {
  const match = /^([1-9]\d{0,5})(KiB|MiB|GiB)$/.exec(value);
  const unit = BYTE_UNITS[match?.[2] ?? ""];
  return match && unit ? Number(match[1]) * unit : undefined;
});

/** One that may hold a login. */
export function url(...protocols: readonly string[]): ValueKind<string> {
  const forms = protocols.map((protocol) => `${protocol}://`).join(" or ");
  const read = kind(`a URL that starts with ${forms}`, (value) => {
    const parsed = new URL(value);
    // Without a trailing slash, so that paths can be appended.
    return protocols.includes(parsed.protocol.slice(0, -1)) && parsed.hostname !== ""
      ? value.replace(/\/+$/, "")
      : undefined;
  });
  return { ...read, mask: maskUrl };
}

/** One of a setting that is no secret and is named in logs and errors: whoever logs in there has other settings. */
export function bareUrl(...protocols: readonly string[]): ValueKind<string> {
  const any = url(...protocols);
  const read = kind(`${any.allowed} and holds no user and password`, (value) => {
    const { username, password } = new URL(value);
    return username === "" && password === "" ? any.schema.parse(value) : undefined;
  });
  return { ...read, mask: maskUrl };
}

export function urlList(...protocols: readonly string[]): ValueKind<readonly string[]> {
  const one = bareUrl(...protocols);
  const read = kind(`a comma-separated list, each ${one.allowed}`, (value) => {
    const urls = value.split(",").map((each) => one.schema.safeParse(each.trim()));
    return urls.every((each) => each.success) ? urls.map((each) => each.data) : undefined;
  });
  return { ...read, mask: maskUrl };
}

/** A program's way in. */
export interface StaticToken {
  readonly name: string;
  readonly roles: readonly string[];
  readonly token: string;
}

const TOKEN =
  /^([\w.@-]{1,64}):((?:viewer|operator|personal)(?:\+(?:viewer|operator|personal))*):([^\s,]{24,})$/;

export const tokenList = kind(
  "a list of name:roles:token, roles of viewer, operator and personal joined by +, tokens of 24 characters or more",
  (value): readonly StaticToken[] | undefined => {
    const tokens = value
      .split(/[,\n]/)
      .map((each) => each.trim())
      .filter((each) => each !== "")
      .map((each) => {
        const [, name, roles, token] = TOKEN.exec(each) ?? [];
        return name && roles && token ? { name, roles: roles.split("+"), token } : undefined;
      });
    const read = tokens.filter((each) => each !== undefined);
    const distinct = new Set(read.map(({ token }) => token)).size;
    return read.length > 0 && read.length === tokens.length && distinct === read.length ? read : undefined;
  },
);

export const brokerList = kind("a comma-separated list of host:port", (value) => {
  const brokers = value.split(",").map((broker) => broker.trim());
  const wellFormed = brokers.every((broker) => {
    const match = /^(?:[\w.-]+|\[[\da-fA-F:.]+\]):(\d{1,5})$/.exec(broker);
    return match !== null && Number(match[1]) >= 1 && Number(match[1]) <= 65_535;
  });
  return wellFormed ? brokers : undefined;
});

/** Longest retry ladder: each rung is a topic per source topic. */
const MAX_RUNGS = 16;

export const ladder = kind(
  `a comma-separated list of up to ${MAX_RUNGS} different durations like '1s,10s,1m'`,
  (value) => {
    const rungs = value.split(",").map((rung) => rung.trim());
    const waits = new Set(rungs.map(durationMs));
    return waits.size === rungs.length && rungs.length <= MAX_RUNGS ? rungs : undefined;
  },
);

export function pem(label: string): ValueKind<string> {
  return kind(`PEM text with a ${label}`, (value) =>
    value.includes("-----BEGIN ") && value.includes(label) ? value : undefined,
  );
}

export function longerThan(characters: number): ValueKind<string> {
  return kind(`at least ${characters} characters without spaces`, (value) =>
    value.length >= characters && !/\s/.test(value) ? value : undefined,
  );
}
