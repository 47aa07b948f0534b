/**
 * What a `boxoffice` process says by its exit code; the same for every command and worker.
 *
 * | code | meaning | example |
 * |---|---|---|
 * | 0 | fine | done, nothing to do, shut down as asked |
 * | 1 | the answer is no | topics differ, an invariant is broken; also: stopped by a second signal or past its deadline |
 * | 2 | called or configured wrongly | an unknown flag, a missing setting |
 * | 3 | could not find out | the broker can't be reached |
 * | 70 | a bug | an uncaught exception; BSD's EX_SOFTWARE, so that it isn't taken for an answer |
 */
export const exitCodes = { fine: 0, no: 1, usage: 2, unreachable: 3, bug: 70 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
