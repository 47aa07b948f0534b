/** 100 rows of 150 seats, the best in front. */
export const rows = Array.from({ length: 100 }, (_, index) => ({ name: `R${index + 1}`, seats: 150 }));
