import { OUR_HEADERS, type Ours } from "../../../workers/_runtime/headers.ts";

/** A table over all of them, so that a new header can't be left out. */
const MEANINGS: { readonly [F in keyof Required<Ours>]: string } = {
  id: "The record's identity for life, <topic>-<partition>-<offset> of its origin.",
  time: "The origin's timestamp, epoch milliseconds; the copy's own is fresh.",
  attempt: "The attempt that comes next, from 1; in a dead letter topic the last one made.",
  due: "Not before, epoch milliseconds.",
  firstFailed: "When the first attempt of this run failed, epoch milliseconds.",
  stage:
    "Where the last attempt failed: frame, decode, handle, emit; parked: it waits behind its key's head and was not tried.",
  error: "Class of the error.",
  reason: "The error's message, cut; no payload, key or header.",
  fingerprint: "The same for failures of the same cause.",
  worker: "Who wrote the copy.",
  build: "The build that wrote the copy.",
  replay: "The plan that put the dead letter back to work.",
  replays: "How often it was put back to work.",
  letter: "The dead letter it was before its replay, <topic>-<partition>-<offset>.",
};

/** JSON schema of the headers that a copy in a derived topic carries beside the producer's own. */
export function copyHeaders(): object {
  const fields = Object.keys(MEANINGS).filter(isField);
  return {
    type: "object",
    description:
      "All are UTF-8 texts. A producer's own headers stand before them, untouched; those of its own that begin with bo- travel as bo-x-….",
    properties: Object.fromEntries(
      fields.map((field) => [
        OUR_HEADERS[field].name,
        { type: "string", maxLength: OUR_HEADERS[field].most, description: MEANINGS[field] },
      ]),
    ),
    required: [OUR_HEADERS.id.name],
  };
}

function isField(name: string): name is keyof Ours {
  return Object.hasOwn(MEANINGS, name);
}
