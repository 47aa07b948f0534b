/** Outcomes before a share says anything. */
const ENOUGH = 20;

/** Why a canary stops its job, as soon as that is certain; undefined: it goes on. Of the canary none may fail by default. */
export function judgeCanary(
  { underWay, processed, deadAgain }: { underWay: number; processed: number; deadAgain: number },
  mostFailing = 0,
): string | undefined {
  const letters = underWay + processed + deadAgain;
  if (deadAgain <= mostFailing * letters) return undefined;
  return `the canary failed: ${deadAgain} of ${letters} letters are dead again`;
}

/** Why the failures stop a job; undefined: they don't, or nobody asked. */
export function failedShare(
  { processed, deadAgain }: { processed: number; deadAgain: number },
  most: number | undefined,
): string | undefined {
  const ended = processed + deadAgain;
  if (most === undefined || ended < ENOUGH || deadAgain <= most * ended) return undefined;
  return `${deadAgain} of ${ended} letters are dead again, more than a share of ${most}`;
}
