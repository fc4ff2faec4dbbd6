/** What can be named with an @: variables, cells, errors, pictures and files. */
import { RequestError } from "../transport";
import type { FileSource } from "./host";
import type { Showing } from "./showing";
import { typeOf } from "./shownpart";
import type { Piece } from "./work";

/** So many are offered of each kind. */
const MOST = 20;

export interface Offer {
  readonly kind: "variable" | "cell" | "error" | "picture" | "file";
  /** What is put into the text. */
  readonly token: string;
  readonly label: string;
  readonly detail: string;
  /** What goes along then, where the token alone does not say it. */
  readonly piece?: Piece;
  /** The file that goes along. */
  readonly file?: () => Promise<File>;
  /** Whether one goes on inside of it: a folder. */
  readonly open?: boolean;
}

/** What is at hand in the notebook, as far as it is known. */
export function thingsOffered(showing: Showing): readonly Offer[] {
  const variables = showing.variables.map(
    (part): Offer => ({
      kind: "variable",
      token: `@${part.name}`,
      label: part.name,
      detail: typeOf(part),
    }),
  );
  return [...variables, ...showing.things()];
}

/** The files in a folder below the notebook's; none where they cannot be listed. */
export async function filesOffered(
  files: FileSource,
  home: string,
  folder: string,
  signal: AbortSignal,
): Promise<readonly Offer[]> {
  try {
    const entries = await files.list(home + folder, signal);
    return entries.map(({ name, path, folder: open }) => ({
      kind: "file",
      token: `@${folder}${name}${open ? "/" : ""}`,
      label: `${folder}${name}${open ? "/" : ""}`,
      detail: "",
      ...(open ? { open } : { file: () => files.open(path) }),
    }));
  } catch (error) {
    if (!(error instanceof RequestError) && !signal.aborted) throw error;
    return [];
  }
}

/** Those that the query may mean, those that begin with it first. */
export function matching(offers: readonly Offer[], query: string): readonly Offer[] {
  const wanted = query.toLowerCase();
  const place = ({ token, detail, kind }: Offer): number => {
    const at = token.toLowerCase().indexOf(wanted, 1);
    if (at === 1) return 0;
    const found = at > 1 || (kind === "cell" && detail.toLowerCase().includes(wanted));
    return found ? 1 : -1;
  };
  const counts = new Map<string, number>();
  const few = offers.filter((offer) => {
    if (place(offer) < 0) return false;
    const count = counts.get(offer.kind) ?? 0;
    counts.set(offer.kind, count + 1);
    return count < MOST;
  });
  return few.toSorted((one, other) => place(one) - place(other));
}
