import type { ActingDesk, Call, Desk } from "../_letters/desk.ts";
import type { EditWish } from "../_letters/edited-letter.ts";
import type { Person } from "./access/person.ts";
import { Problem } from "./problem.ts";

/**
 * Edits by those who may not see personal fields: an edit's comparison shows every value, and what was masked would be
 * written as its mask, so a letter with masked fields is refused them.
 */
export function masking(desk: Desk, person: Person): Pick<ActingDesk, "edit"> {
  return {
    async edit(letter: string, wish: EditWish, call: Call) {
      if (!person.roles.has("personal")) await refuseMasked(desk, letter, call);
      return await desk.edit(letter, wish, call);
    },
  };
}

async function refuseMasked(desk: Desk, letter: string, call: Call): Promise<void> {
  const { decoded, edit } = await desk.show(letter, { newer: false }, call);
  const masked = [decoded, ...(edit ? [edit.decoded] : [])].flatMap((each) => (each.ok ? each.masked : []));
  if (masked.length > 0)
    throw new Problem(
      "not-allowed",
      `Cannot edit the letter as it holds personal fields (${masked.join(", ")}): that needs the role personal`,
    );
}
