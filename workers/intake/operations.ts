import type { z } from "zod";
import {
  ClientHeaders,
  ConcertList,
  ConcertParams,
  ConcertView,
  ReservationParams,
  ReservationRequest,
  ReservationView,
  ReserveHeaders,
  SeatsQuery,
  SeatsView,
} from "./messages.ts";
import type { ProblemName } from "./problem.ts";

/** One call of the API: the router validates by it and the OpenAPI document is written from it. */
export interface Operation {
  readonly id: string;
  readonly method: "GET" | "POST" | "DELETE";
  /** With `{parameters}`. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: {
    readonly status: 200 | 202;
    readonly description: string;
    /** By media type; undefined: text without a schema. */
    readonly content: Readonly<Record<string, z.ZodType | undefined>>;
    readonly headers?: Readonly<Record<string, string>>;
  };
  /** 304 when `if-none-match` names the ETag. */
  readonly conditional?: true;
  readonly problems: readonly ProblemName[];
}

const PUBLISHING = [
  "rate-limited",
  "internal",
  "busy",
  "unavailable",
  "not-published",
  "outcome-unknown",
] as const;
const READING = ["internal", "unavailable"] as const;

export const operations = {
  reserve: {
    id: "reserve",
    method: "POST",
    path: "/reservations",
    summary: "Hold 1 to 8 seats and ask for the charge",
    description:
      "All seats or none. The reservation is named by the client and the Idempotency-Key: repeating the same request under the same key is the same reservation and harmless, and the only right thing to do after a lost answer or a 503.",
    headers: ReserveHeaders,
    body: ReservationRequest,
    answer: {
      status: 202,
      description: "On record. The payment decides what comes of it; ask for the reservation to see.",
      content: { "application/json": ReservationView },
      headers: { Location: "The reservation." },
    },
    problems: [
      "invalid-request",
      "unknown-concert",
      "unknown-seats",
      "taken",
      "too-large",
      "unsupported-media-type",
      "key-reused",
      ...PUBLISHING,
    ],
  },
  cancel: {
    id: "cancel",
    method: "DELETE",
    path: "/reservations/{id}",
    summary: "Ask to cancel a reservation",
    description: "Repeating it is harmless. What was paid is given back.",
    headers: ClientHeaders,
    params: ReservationParams,
    answer: {
      status: 202,
      description:
        "The wish is on record; the state is still the one before, unless it was cancelled already.",
      content: { "application/json": ReservationView },
    },
    problems: ["invalid-request", "unknown-reservation", "ended", "cut-off-passed", ...PUBLISHING],
  },
  reservation: {
    id: "reservation",
    method: "GET",
    path: "/reservations/{id}",
    summary: "A reservation's state",
    params: ReservationParams,
    answer: {
      status: 200,
      description: "As it stands.",
      content: { "application/json": ReservationView },
    },
    problems: ["invalid-request", "unknown-reservation", ...READING],
  },
  concerts: {
    id: "concerts",
    method: "GET",
    path: "/concerts",
    summary: "All concerts",
    answer: { status: 200, description: "By their start.", content: { "application/json": ConcertList } },
    problems: READING,
  },
  concert: {
    id: "concert",
    method: "GET",
    path: "/concerts/{id}",
    summary: "A concert with its hall and prices",
    description: "A browser, which accepts `text/html`, gets the seat map as a page.",
    params: ConcertParams,
    answer: {
      status: 200,
      description: "As JSON, or as a page to watch.",
      content: { "application/json": ConcertView, "text/html": undefined },
    },
    problems: ["invalid-request", "unknown-concert", ...READING],
  },
  seats: {
    id: "seats",
    method: "GET",
    path: "/concerts/{id}/seats",
    summary: "Which seats are taken",
    description: "To follow a sale, hand `version` back as `since`.",
    params: ConcertParams,
    query: SeatsQuery,
    answer: {
      status: 200,
      description: "Every seat that isn't free, or what changed since.",
      content: { "application/json": SeatsView },
      headers: { ETag: "The version." },
    },
    conditional: true,
    problems: ["invalid-request", "unknown-concert", ...READING],
  },
} as const satisfies Record<string, Operation>;
