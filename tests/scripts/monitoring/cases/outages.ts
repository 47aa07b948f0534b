import { stories } from "./case.ts";

const breaker = (worker: string) => `boxoffice_breaker_open{worker="${worker}", dependency="any"}`;
const halted = 'boxoffice_halted_partitions{worker="notification", topic="payments"}';
const open = (worker: string) => `boxoffice_seat_map_open{worker="${worker}"}`;
const ended = (result: string) => `boxoffice_transactions_total{worker="payment", result="${result}"}`;

export const outageCases = [
  ...stories("BreakerOpen", "critical", {
    rings: [{ what: "payment's is half-open", series: { [breaker("payment")]: "0.5x10" }, atMinute: 4 }],
    silent: [
      { what: "not for three minutes yet", series: { [breaker("payment")]: "1x10" }, atMinute: 2 },
      { what: "it closed again in between", series: { [breaker("payment")]: "1 1 0 1 1" }, atMinute: 4 },
      { what: "notification's", series: { [breaker("notification")]: "1x10" }, atMinute: 10 },
    ],
  }),
  ...stories("BreakerOpen", "warning", {
    rings: [{ what: "notification's is open", series: { [breaker("notification")]: "1x10" }, atMinute: 6 }],
    silent: [
      { what: "not for five minutes yet", series: { [breaker("notification")]: "1x10" }, atMinute: 4 },
      { what: "payment's wakes somebody", series: { [breaker("payment")]: "1x10" }, atMinute: 10 },
    ],
  }),
  ...stories("PartitionHalted", "critical", {
    rings: [{ what: "one is halted", series: { [halted]: "1x5" }, atMinute: 2 }],
    silent: [
      { what: "none is", series: { [halted]: "0x5" }, atMinute: 5 },
      { what: "it was for a moment", series: { [halted]: "1 0x5" }, atMinute: 2 },
    ],
  }),
  ...stories("SeatMapClosed", "critical", {
    rings: [
      {
        what: "one of two finds it closed",
        series: { [open("intake")]: "0x5", [open("expiry")]: "1x5" },
        atMinute: 2,
      },
    ],
    silent: [
      { what: "all find it open", series: { [open("intake")]: "1x5", [open("expiry")]: "1x5" }, atMinute: 5 },
      { what: "it was rebuilt within a minute", series: { [open("intake")]: "0 1x5" }, atMinute: 2 },
    ],
  }),
  ...stories("TransactionsFail", "warning", {
    rings: [
      {
        what: "one in ten is fenced",
        series: { [ended("committed")]: "0+9x20", [ended("fenced")]: "0+1x20" },
        atMinute: 15,
      },
    ],
    silent: [
      {
        what: "one in a hundred",
        series: { [ended("committed")]: "0+99x20", [ended("fenced")]: "0+1x20" },
        atMinute: 15,
      },
      {
        what: "one in two, of eight",
        series: { [ended("committed")]: "0 1 2 3 4x20", [ended("unknown")]: "0 1 2 3 4x20" },
        atMinute: 9,
      },
    ],
  }),
];
