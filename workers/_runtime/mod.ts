export * from "./config.ts";
export * from "./errors.ts";
export * from "./event.ts";
export * from "./exit-codes.ts";
export * from "./record.ts";
export * from "./redis.ts";
export * from "./timers.ts";
export * from "./worker.ts";
