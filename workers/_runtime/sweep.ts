/**
 * What a timer calls every `everyMs`: `sweep`, but not at once after the process had no turn for a while. Answers that
 * came meanwhile lie in its sockets, and timers come before them: it would give up what has long succeeded, and a mail
 * would be sent once more. Only one turn is passed over, for deadlines hold on a machine that is always busy, too.
 */
export function afterAnswers(
  sweep: (now: number) => void,
  everyMs: number,
  start: number,
): (now: number) => void {
  let last = start;
  let passedOver = false;
  return (now) => {
    passedOver = !passedOver && now - last > 5 * everyMs;
    last = now;
    if (!passedOver) sweep(now);
  };
}
