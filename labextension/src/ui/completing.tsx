import type { VNode } from "preact";
import { useContext, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { RequestError } from "../transport";
import { unique } from "../unique";
import { t, tn } from "../words";
import { HostContext } from "./host";
import type { Keys, Mention } from "./mention";
import { filesOffered, matching, type Offer, thingsOffered } from "./offers";
import type { Showing } from "./showing";
import { above } from "./toplayer";

interface Props {
  readonly mention: Mention;
  readonly area: { readonly current: HTMLTextAreaElement | null };
  readonly showing: Showing;
  readonly keys: Keys;
  readonly onInsert: (text: string) => void;
  readonly onFile: (file: File) => void;
  readonly onClose: () => void;
}

/** What can be named, beside where one writes: the arrows choose, Enter and Tab take. */
export function Completing(props: Props): VNode | null {
  const { mention, area, showing, keys, onInsert, onFile, onClose } = props;
  const [id] = useState(unique);
  const [at, setAt] = useState(0);
  const [problem, setProblem] = useState("");
  const offers = useOffers(mention, showing);
  const chosen = Math.min(at, offers.length - 1);
  useEffect(() => setAt(0), [mention.query]);
  const take = async (offer: Offer): Promise<void> => {
    if (offer.piece) showing.pick(offer.token, offer.piece);
    onInsert(offer.open ? offer.token : `${offer.token} `);
    if (!offer.file) return;
    try {
      onFile(await offer.file());
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      setProblem(error.message);
    }
  };
  useLayoutEffect(() => {
    keys.current = (event) => {
      const offer = offers[chosen];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.isComposing || !offer) return false;
      if (step) setAt((chosen + step + offers.length) % offers.length);
      else if (event.key === "Enter" || event.key === "Tab") void take(offer);
      else if (event.key === "Escape") onClose();
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    };
    return () => {
      keys.current = null;
    };
  });
  useActive(area, id, offers.length > 0 ? chosen : null);
  if (offers.length === 0) {
    return (
      <p class="jp-Chatcore-hidden" role="status">
        {problem || t("Nothing of that name")}
      </p>
    );
  }
  return (
    <List id={id} offers={offers} chosen={chosen} area={area} onTake={(one) => void take(one)} />
  );
}

/** What is offered for a name: the things of the notebook at once, files when they are known. */
function useOffers({ query }: Mention, showing: Showing): readonly Offer[] {
  const { files } = useContext(HostContext);
  const [things, setThings] = useState<readonly Offer[]>(() => thingsOffered(showing));
  const [inFolder, setInFolder] = useState<readonly Offer[]>([]);
  const folder = query.slice(0, query.lastIndexOf("/") + 1);
  useEffect(() => {
    let here = true;
    void showing.names().then(() => here && setThings(thingsOffered(showing)));
    return () => {
      here = false;
    };
  }, [showing]);
  useEffect(() => {
    const life = new AbortController();
    if (files) void filesOffered(files, showing.folder, folder, life.signal).then(setInFolder);
    return () => life.abort();
  }, [files, showing, folder]);
  return matching([...things, ...inFolder], query);
}

/** Tells those who do not see it which one is chosen, while the focus stays where one writes. */
function useActive(area: Props["area"], id: string, chosen: number | null): void {
  useLayoutEffect(() => {
    const field = area.current;
    if (!field || chosen === null) return undefined;
    field.setAttribute("aria-controls", id);
    field.setAttribute("aria-activedescendant", `${id}-${chosen}`);
    return () => {
      field.removeAttribute("aria-controls");
      field.removeAttribute("aria-activedescendant");
    };
  }, [area, id, chosen]);
}

interface ListProps {
  readonly id: string;
  readonly offers: readonly Offer[];
  readonly chosen: number;
  readonly area: Props["area"];
  readonly onTake: (offer: Offer) => void;
}

function List({ id, offers, chosen, area, onTake }: ListProps): VNode {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    return list.current && area.current ? above(list.current, area.current) : undefined;
  }, [area]);
  useLayoutEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView?.({ block: "nearest" });
  }, [chosen]);
  return (
    <>
      <div
        class="jp-Chatcore-popmenu jp-Chatcore-offers"
        role="listbox"
        aria-label={t("What can be named")}
        id={id}
        ref={list}
        popover="manual"
      >
        {offers.map((offer, index) => (
          <button
            key={`${offer.kind}${offer.token}${offer.detail}`}
            type="button"
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            tabIndex={-1}
            // the focus stays where one writes
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onTake(offer)}
          >
            <span>{offer.label}</span>
            <span class="jp-Chatcore-muted">{offer.detail}</span>
          </button>
        ))}
      </div>
      <p class="jp-Chatcore-hidden" role="status">
        {tn("%1 can be named", "%1 can be named", offers.length)}
      </p>
    </>
  );
}
