export * from "./concert.ts";
export * from "./request-hash.ts";
export type * from "./reservation.ts";
export type * from "./seat-map.ts";
