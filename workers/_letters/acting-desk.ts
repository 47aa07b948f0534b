import { changingDesk } from "./changing-desk.ts";
import type { ActingDesk } from "./desk.ts";
import type { DeskParts, Selects } from "./desk-parts.ts";
import { type EditParts, editLetter } from "./edit.ts";
import { importLetters } from "./import.ts";
import { type JobsParts, jobsDesk } from "./jobs.ts";
import type { Lanes } from "./lane.ts";
import { otherGroups } from "./other-groups.ts";
import type { ReplayQueue } from "./replay-queue.ts";

export interface ActingParts extends DeskParts, Selects, Pick<EditParts, "decode"> {
  readonly lanes: Lanes;
  /** Tells replayers of a job at once; without Redis they find it by themselves within seconds. */
  readonly schedule: ReplayQueue["schedule"];
}

/** Everything that changes letters, on the lanes; and the jobs, which replayers carry out. */
export function actingDesk(parts: ActingParts): ActingDesk {
  const { broker, workers } = parts;
  const othersNow: JobsParts["othersNow"] = ({ to, worker }) => otherGroups(broker, workers, to, worker);
  return {
    ...jobsDesk({ ...parts, othersNow }),
    ...changingDesk(parts),
    edit: (letter, wish, call) => editLetter(parts, letter, wish, call),
    import: (letters, deed, call) => importLetters(parts.broker, parts.lanes, letters, deed, call),
  };
}
