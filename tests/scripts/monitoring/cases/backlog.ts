import { ENDLESS, stories } from "./case.ts";

const drain = 'boxoffice_drain_seconds{worker="payment", topic="reservations"}';
const oldest = 'boxoffice_oldest_parked_seconds{worker="payment", topic="reservations", partition="3"}';
const late = (le: string) =>
  `boxoffice_retry_lateness_seconds_bucket{worker="payment", topic="reservations", le="${le}"}`;
const breaker = 'boxoffice_breaker_open{worker="payment", dependency="any"}';
const lateness = (inTime: number) => ({
  ...{ [late("1")]: `0+${inTime}x30`, [late("5")]: "0+100x30", [late("+Inf")]: "0+100x30" },
});

export const backlogCases = [
  ...stories("DrainsTooSlowly", "critical", {
    rings: [
      { what: "just over a quarter of an hour", series: { [drain]: "901x20" }, atMinute: 11 },
      { what: "nothing moves", series: { [drain]: ENDLESS }, atMinute: 11 },
    ],
    silent: [
      { what: "a quarter of an hour", series: { [drain]: "900x20" }, atMinute: 20 },
      { what: "not for ten minutes yet", series: { [drain]: ENDLESS }, atMinute: 9 },
    ],
  }),
  ...stories("OldestParkedTooOld", "warning", {
    rings: [{ what: "over half an hour", series: { [oldest]: "1801x5" }, atMinute: 1 }],
    silent: [{ what: "half an hour", series: { [oldest]: "1800x5" }, atMinute: 5 }],
  }),
  ...stories("RetriesLate", "warning", {
    rings: [
      { what: "2 % are over a second late", series: lateness(98), atMinute: 16 },
      { what: "a little more than 1 % is, by less than two", series: lateness(98.9), atMinute: 16 },
    ],
    silent: [
      { what: "half a per cent is", series: lateness(99.5), atMinute: 25 },
      { what: "an outage was before", series: { ...lateness(98), [breaker]: "1x8 0x30" }, atMinute: 16 },
    ],
  }),
];
