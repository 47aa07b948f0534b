import { workerNames } from "../../../../workers/all.ts";
import { stories } from "./case.ts";

const at = (worker: string) => `worker="${worker}", job="boxoffice", instance="${worker}:9464"`;
const build = (worker: string) => `boxoffice_build_info{${at(worker)}, version="1"}`;
const all = (values: string) => Object.fromEntries(workerNames().map((name) => [build(name), values]));
const up = (worker: string) => `up{job="boxoffice", instance="${worker}:9464"}`;
const started = `process_start_time_seconds{${at("payment")}}`;
const joined = `boxoffice_rebalances_total{${at("payment")}}`;
const skew = `boxoffice_clock_skew_seconds{${at("payment")}}`;

export const workerCases = [
  ...stories("WorkerMissing", "critical", {
    rings: [
      {
        what: "the last payment is gone",
        series: { ...all("1x20"), [build("payment")]: "1x4 stale" },
        atMinute: 8,
      },
    ],
    silent: [
      {
        what: "it is gone for a minute",
        series: { ...all("1x20"), [build("payment")]: "1x4 stale" },
        atMinute: 6,
      },
      { what: "all run", series: all("1x20"), atMinute: 20 },
    ],
  }),
  ...stories("WorkerDown", "warning", {
    rings: [
      {
        what: "one that was ours doesn't answer",
        series: { [up("payment")]: "1x4 0x20", [build("payment")]: "1x4 stale" },
        atMinute: 8,
      },
    ],
    silent: [
      {
        what: "not for two minutes yet",
        series: { [up("payment")]: "1x4 0x20", [build("payment")]: "1x4 stale" },
        atMinute: 6,
      },
      { what: "somebody else's doesn't answer", series: { [up("payment")]: "1x4 0x20" }, atMinute: 20 },
      {
        what: "its pod is gone",
        series: { [up("payment")]: "1x4 stale", [build("payment")]: "1x4 stale" },
        atMinute: 20,
      },
    ],
  }),
  ...stories("WorkerRestarts", "warning", {
    rings: [
      {
        what: "twice in half an hour",
        series: { [started]: "10 10 20 20 30 30x20", [build("payment")]: "1x30" },
        atMinute: 12,
      },
    ],
    silent: [
      {
        what: "once",
        series: { [started]: "10 10 20 20x30", [build("payment")]: "1x30" },
        atMinute: 12,
      },
      { what: "another program of that name", series: { [started]: "10 20 30 40 50 60x20" }, atMinute: 10 },
    ],
  }),
  ...stories("RebalancesWithoutEnd", "warning", {
    rings: [{ what: "every two minutes", series: { [joined]: "0+0.5x90" }, atMinute: 60 }],
    silent: [
      {
        what: "every two minutes, and not yet for half an hour",
        series: { [joined]: "0+0.5x90" },
        atMinute: 25,
      },
      { what: "every five minutes", series: { [joined]: "0+0.2x90" }, atMinute: 90 },
    ],
  }),
  ...stories("ClockSkewed", "warning", {
    rings: [
      { what: "501 ms ahead", series: { [skew]: "0.501x20" }, atMinute: 6 },
      { what: "two seconds behind", series: { [skew]: "-2x20" }, atMinute: 6 },
      { what: "seen at a retry every ten minutes", series: { [skew]: "0 0.6 0x9 0.6 0x20" }, atMinute: 12 },
      { what: "seen behind, at one retry", series: { [skew]: "0 -2 0x20" }, atMinute: 8 },
    ],
    silent: [
      { what: "500 ms ahead", series: { [skew]: "0.5x20" }, atMinute: 20 },
      { what: "seen once, and long ago", series: { [skew]: "0 0.6 0x30" }, atMinute: 20 },
      { what: "501 ms, and not yet for five minutes", series: { [skew]: "0.501x20" }, atMinute: 4 },
    ],
  }),
];
