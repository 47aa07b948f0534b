import { stories } from "./case.ts";

const answered = (status: string) =>
  `boxoffice_http_requests_total{worker="intake", method="POST", route="/reservations", status="${status}"}`;
const within = (le: string) =>
  `boxoffice_http_request_seconds_bucket{worker="intake", method="POST", route="/reservations", le="${le}"}`;

export const serviceCases = [
  ...stories("IntakeRefuses", "critical", {
    rings: [
      {
        what: "6 % are turned away",
        series: { [answered("202")]: "0+94x10", [answered("503")]: "0+6x10" },
        atMinute: 5,
      },
    ],
    silent: [
      {
        what: "4 % are turned away",
        series: { [answered("202")]: "0+96x10", [answered("503")]: "0+4x10" },
        atMinute: 10,
      },
      {
        what: "6 %, and not yet for two minutes",
        series: { [answered("202")]: "0+94x10", [answered("503")]: "0+6x10" },
        atMinute: 2,
      },
      {
        what: "one of ten fails, at night",
        series: { [answered("202")]: "0 9x20", [answered("503")]: "0 1x20" },
        atMinute: 4,
      },
      {
        what: "seats are taken",
        series: { [answered("202")]: "0+1x10", [answered("409")]: "0+99x10" },
        atMinute: 10,
      },
    ],
  }),
  ...stories("IntakeSlow", "warning", {
    rings: [
      {
        what: "2 % take over a second",
        series: { [within("1")]: "0+98x20", [within("2.5")]: "0+100x20", [within("+Inf")]: "0+100x20" },
        atMinute: 10,
      },
    ],
    silent: [
      {
        what: "half a per cent do",
        series: { [within("1")]: "0+199x20", [within("2.5")]: "0+200x20", [within("+Inf")]: "0+200x20" },
        atMinute: 20,
      },
    ],
  }),
];
