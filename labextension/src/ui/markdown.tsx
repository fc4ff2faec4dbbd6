import { Component, type VNode } from "preact";
import { useContext, useRef } from "preact/hooks";
import { Blocks } from "../render/blocks";
import { highlighter, typesetter } from "../render/lazy";
import { type Context, render } from "../render/markdown";
import { morph } from "../render/morph";
import { copyWith } from "./clipboard";
import { CodeBlock } from "./code";
import { HostContext } from "./host";
import { iconElement } from "./icons";

interface Props {
  readonly text: string;
  /** Whether it is still being written. */
  readonly live: boolean;
}

/** Markdown that may grow; only its last block is ever rendered again. */
export function Markdown({ text, live }: Props): VNode {
  const { images } = useContext(HostContext);
  const kept = useRef<Blocks | null>(null);
  kept.current ??= new Blocks(images);
  const blocks = kept.current;
  const list = blocks.update(text);
  return (
    <div class="jp-Chatcore-markdown" dir="auto">
      {list.map(({ source, code }, index) =>
        code ? (
          <CodeBlock key={index} code={code} />
        ) : (
          <Prose
            key={index}
            source={source}
            context={blocks.context}
            definitions={source.includes("]") ? blocks.definitions : 0}
            live={live && index === list.length - 1}
          />
        ),
      )}
    </div>
  );
}

interface ProseProps {
  readonly source: string;
  readonly context: Context;
  readonly definitions: number;
  readonly live: boolean;
}

/** One block of Markdown that is not code by itself. */
class Prose extends Component<ProseProps> {
  private host: HTMLElement | null = null;

  override shouldComponentUpdate(next: ProseProps): boolean {
    const now = this.props;
    return (
      next.source !== now.source ||
      next.definitions !== now.definitions ||
      next.live !== now.live ||
      next.context !== now.context
    );
  }

  override componentDidMount(): void {
    this.paint();
  }

  override componentDidUpdate(): void {
    this.paint();
  }

  override componentWillUnmount(): void {
    highlighter.forget(this.paint);
    typesetter.forget(this.paint);
  }

  private readonly paint = (): void => {
    if (!this.host) return;
    const fragment = render(this.props.source, this.props.context);
    this.setFormulas(fragment);
    for (const pre of fragment.querySelectorAll<HTMLElement>("pre")) this.dress(pre);
    morph(this.host, fragment);
  };

  private setFormulas(fragment: DocumentFragment): void {
    const formulas = fragment.querySelectorAll<HTMLElement>(".jp-Chatcore-math");
    if (formulas.length === 0) return;
    const setter = typesetter.get(this.paint);
    if (!setter) return;
    for (const formula of formulas) {
      const display = formula.dataset.display === "true";
      formula.replaceChildren(setter.typeset(formula.textContent ?? "", display));
    }
  }

  /** A code block inside a list or a quotation gets what those by themselves have. */
  private dress(pre: HTMLElement): void {
    const language = pre.dataset.language ?? "";
    const code = pre.querySelector("code");
    if (code && language && !this.props.live) {
      const spans = highlighter.get(this.paint)?.highlight(code.textContent ?? "", language);
      if (spans) code.replaceChildren(spans);
    }
    const box = document.createElement("div");
    box.className = "jp-Chatcore-code";
    box.dataset.language = language || "text";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "jp-Chatcore-copy jp-Chatcore-quiet";
    button.setAttribute("aria-label", "Copy the code");
    button.append(iconElement("copy"), iconElement("check"));
    // the button may outlive this `pre`, so it looks for its code when it is pressed
    button.addEventListener("click", () => {
      const text = button.parentElement?.querySelector("pre")?.textContent ?? "";
      void copyWith(button, text);
    });
    pre.replaceWith(box);
    box.append(button, pre);
  }

  override render(): VNode {
    return (
      <div
        class="jp-Chatcore-prose"
        ref={(host) => {
          this.host = host;
        }}
      />
    );
  }
}
