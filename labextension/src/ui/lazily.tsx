import { Component, type ComponentChild, type ComponentType, h } from "preact";
import { t } from "../words";

/**
 * A component whose code comes when it is first shown: chats that never need it are shown
 * without. Its place is empty until then.
 */
export function lazily<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let view: ComponentType<P> | null = null;

  class Lazy extends Component<P, { failed: boolean }> {
    override state = { failed: false };
    private gone = false;

    override componentDidMount(): void {
      if (!view) this.load();
    }

    override componentWillUnmount(): void {
      this.gone = true;
    }

    private readonly load = (): void => {
      this.setState({ failed: false });
      load().then(
        (loaded) => {
          view = loaded;
          if (!this.gone) this.forceUpdate();
        },
        // the server is away, or has another version by now
        () => this.setState({ failed: true }),
      );
    };

    override render(): ComponentChild {
      if (view) return h<P>(view, this.props as P);
      if (!this.state.failed) return null;
      return (
        <button type="button" class="jp-Chatcore-link" onClick={this.load}>
          {t("This could not be loaded. Try again")}
        </button>
      );
    }
  }
  return Lazy as unknown as ComponentType<P>;
}
