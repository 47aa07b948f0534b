import type { Concert } from "../../schemas/types.ts";
import type { SeatMap } from "../_seats/mod.ts";
import { createBriefMemory } from "./brief-memory.ts";
import type { Desk } from "./desk.ts";

/** How long a changed price may go unnoticed; the price of a reservation is the one it was held at. */
const FOR_MS = 1_000;

/** The catalogue that stands beside the seats, asked of Redis once a second however many ask. */
export function createCatalogue(
  seatMap: Pick<SeatMap, "concert" | "concertIds">,
): Pick<Desk, "concert" | "concerts"> {
  const concert = createBriefMemory<Concert | undefined>({
    forMs: FOR_MS,
    max: 1_000,
    load: (concertId) => seatMap.concert(concertId),
  });
  const all = createBriefMemory<readonly Concert[]>({
    forMs: FOR_MS,
    max: 1,
    load: async () => {
      const concerts = await Promise.all((await seatMap.concertIds()).map(concert));
      return concerts.filter((one) => one !== undefined);
    },
  });
  return { concert, concerts: () => all("") };
}
