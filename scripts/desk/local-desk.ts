import type { Desk } from "../../workers/_letters/desk.ts";
import { UsageError } from "../../workers/_runtime/mod.ts";

/** The desk of this process, by Kafka and Redis as the environment says. */
export async function localDesk(): Promise<Desk> {
  throw new UsageError("Cannot work with the cluster from here yet: name a console with --remote");
}
