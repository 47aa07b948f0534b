/** The executable's entry: nothing is loaded before it gave up what the given command doesn't need. */
import { keepOnly } from "./drop.ts";
import { permissionsFor } from "./permissions.ts";
import { pieceLoader } from "./pieces.ts";

const args = process.argv.slice(2);
keepOnly(permissionsFor(args), process.env);
// By name, so that it is not bundled into this piece.
const { main } = pieceLoader()("main.js") as { readonly main: (args: readonly string[]) => Promise<void> };
void main(args);
