/** Rows of the hall that an on-sale is planned for unless a concert's file names others. */
const ROWS = 100;
const SEATS_A_ROW = 150;

/**
 * "Opening Night" in the Great Hall: 15,000 seats in 100 rows, `R1` in front. In the shape of the files that
 * `boxoffice concerts apply` takes. Dates are fixed, so that two machines plan the same on-sale.
 */
export const openingNight = {
  concertId: "opening-night",
  name: "Opening Night",
  hall: "Great Hall",
  currency: "EUR",
  startsAt: "2035-06-01T19:30:00Z",
  cutOffAt: "2035-06-01T12:00:00Z",
  rows: Array.from({ length: ROWS }, (_, index) => ({
    name: `R${index + 1}`,
    seats: SEATS_A_ROW,
    // 180.00 in front, 2 % less each row, never under 30.00.
    price: Math.max(3_000, Math.round((18_000 * 0.98 ** index) / 50) * 50),
  })),
} as const;
