export * from "./apply.ts";
export * from "./concert.ts";
export * from "./decision.ts";
export { REBUILD_PERMISSIONS } from "./fence.ts";
export * from "./hold-timer.ts";
export * from "./keep-open.ts";
export * from "./request-hash.ts";
export type * from "./reservation.ts";
export * from "./seat-map.ts";
