import { ENDLESS, stories } from "./case.ts";

const outcome = (name: string) =>
  `boxoffice_records_total{worker="notification", topic="reservations", outcome="${name}"}`;
const of = (name: string, worker = "payment") =>
  `boxoffice_dlq_${name}{worker="replayer", dlq="reservations.${worker}.dlq"}`;
const DAY = 86_400;
const aged = (days: number, keeps = `${30 * DAY}x20`) => ({
  [of("oldest_letter_seconds")]: `${days * DAY}x20`,
  [of("retention_seconds")]: keeps,
});
const stalled = 'boxoffice_replay_stalled_seconds{worker="replayer"}';

export const deadLetterCases = [
  ...stories("DeadLetterRate", "warning", {
    rings: [
      {
        what: "2 % die",
        series: { [outcome("done")]: "0+98x20", [outcome("dead letter")]: "0+2x20" },
        atMinute: 10,
      },
      {
        what: "a burst, all at once",
        series: { [outcome("done")]: "0+98x20", [outcome("dead letter")]: "0x10 500x10" },
        atMinute: 12,
      },
    ],
    silent: [
      {
        what: "half a per cent dies",
        series: { [outcome("done")]: "0+199x20", [outcome("dead letter")]: "0+1x20" },
        atMinute: 20,
      },
      {
        what: "10 of 1005, dead ones counted among them",
        series: { [outcome("done")]: "0+995x20", [outcome("dead letter")]: "0+10x20" },
        atMinute: 20,
      },
      {
        what: "half of them die, three",
        series: { [outcome("done")]: "0 1 2 3x20", [outcome("dead letter")]: "0 1 2 3x20" },
        atMinute: 10,
      },
    ],
  }),
  ...stories("MoneyLetterOpen", "warning", {
    rings: [{ what: "one of payment's", series: { [of("open_letters")]: "1x20" }, atMinute: 16 }],
    silent: [
      { what: "not for a quarter of an hour yet", series: { [of("open_letters")]: "1x20" }, atMinute: 14 },
      { what: "none", series: { [of("open_letters")]: "0x20" }, atMinute: 20 },
      {
        what: "one of notification's",
        series: { [of("open_letters", "notification")]: "9x20" },
        atMinute: 20,
      },
    ],
  }),
  ...stories("DeadLetterAging", "warning", {
    rings: [{ what: "over half of 30 days", series: aged(15.1), atMinute: 6 }],
    silent: [
      { what: "half of 30 days", series: aged(15), atMinute: 20 },
      { what: "a queue that keeps for ever", series: aged(400, ENDLESS), atMinute: 20 },
    ],
  }),
  ...stories("DeadLetterExpiring", "critical", {
    rings: [{ what: "over 27 of 30 days", series: aged(27.1), atMinute: 6 }],
    silent: [{ what: "under 27 days", series: aged(26.9), atMinute: 20 }],
  }),
  ...stories("ReplayStalled", "warning", {
    rings: [{ what: "for over twenty minutes", series: { [stalled]: "1201x5" }, atMinute: 1 }],
    silent: [{ what: "for twenty minutes", series: { [stalled]: "1200x5" }, atMinute: 5 }],
  }),
];
