import { Component, type ComponentChild, type FunctionComponent } from "preact";

/** The same component, rendered again only when one of its properties is another. */
export function memo<P extends object>(view: (props: P) => ComponentChild): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const names = Object.keys(next) as (keyof P)[];
      return names.some((name) => next[name] !== this.props[name]);
    }

    override render(): ComponentChild {
      return view(this.props);
    }
  }
  return Memo as unknown as FunctionComponent<P>;
}
