import { Component, render as show, type VNode } from "preact";
import { useContext, useRef } from "preact/hooks";
import { type Block, Blocks } from "../render/blocks";
import { highlighter, typesetter } from "../render/lazy";
import { type Context, render } from "../render/markdown";
import { morph, OWN } from "../render/morph";
import { CodeBlock, codeLabel } from "./code";
import { CodeBar } from "./codebar";
import { enlargeAt } from "./enlarging";
import { type Host, HostContext } from "./host";

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
  const starts = Array.from({ length: Math.ceil(list.length / CHUNK) }, (_, n) => n * CHUNK);
  return (
    <div class="jp-Chatcore-markdown" dir="auto">
      {starts.map((start) => (
        <Chunk
          key={start}
          blocks={list}
          start={start}
          end={Math.min(start + CHUNK, list.length)}
          context={blocks.context}
          definitions={blocks.definitions}
          live={live && start + CHUNK >= list.length}
        />
      ))}
    </div>
  );
}

/** So many blocks are compared as one: a long text has a thousand, and one that changes. */
const CHUNK = 32;

interface ChunkProps {
  readonly blocks: readonly Block[];
  readonly start: number;
  readonly end: number;
  readonly context: Context;
  readonly definitions: number;
  readonly live: boolean;
}

/** Some blocks of a text, of which only the last can be another than before. */
class Chunk extends Component<ChunkProps> {
  override shouldComponentUpdate(next: ChunkProps): boolean {
    const now = this.props;
    return (
      next.end !== now.end ||
      next.blocks[next.start] !== now.blocks[now.start] ||
      next.blocks[next.end - 1] !== now.blocks[now.end - 1] ||
      next.definitions !== now.definitions ||
      next.context !== now.context ||
      next.live !== now.live
    );
  }

  override render(): VNode[] {
    const { blocks, start, end, context, definitions, live } = this.props;
    return blocks
      .slice(start, end)
      .map(({ source, code }, index) =>
        code ? (
          <CodeBlock key={index} code={code} />
        ) : (
          <Prose
            key={index}
            source={source}
            context={context}
            definitions={source.includes("]") ? definitions : 0}
            live={live && start + index === end - 1}
          />
        ),
      );
  }
}

interface ProseProps {
  readonly source: string;
  readonly context: Context;
  readonly definitions: number;
  readonly live: boolean;
}

/** One block of Markdown that is not code by itself. */
class Prose extends Component<ProseProps> {
  static override contextType = HostContext;
  declare context: Host;
  private element: HTMLElement | null = null;
  /** Where the bars of code within the text are. */
  private bars: readonly Element[] = [];

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
    // the pictures inside are buttons by themselves: this only hears of their clicks
    this.element?.addEventListener("click", enlargeAt);
    this.paint();
  }

  override componentDidUpdate(): void {
    this.paint();
  }

  override componentWillUnmount(): void {
    highlighter.forget(this.paint);
    typesetter.forget(this.paint);
    for (const bar of this.bars) show(null, bar);
  }

  private readonly paint = (): void => {
    if (!this.element) return;
    const { source, context, live } = this.props;
    const fragment = render(source, context, live);
    this.setFormulas(fragment);
    for (const pre of fragment.querySelectorAll<HTMLElement>("pre")) this.dress(pre);
    morph(this.element, fragment);
    this.fillBars(this.element);
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
    const box = document.createElement("figure");
    box.className = "jp-Chatcore-code";
    box.setAttribute("aria-label", codeLabel(language));
    const bar = document.createElement("div");
    bar.setAttribute(OWN, language);
    pre.replaceWith(box);
    box.append(bar, pre);
  }

  /** The bars are components of their own, in places that the text leaves to them. */
  private fillBars(element: HTMLElement): void {
    const bars = [...element.querySelectorAll(`[${OWN}]`)];
    for (const gone of this.bars.filter((bar) => !bars.includes(bar))) show(null, gone);
    this.bars = bars;
    for (const bar of bars) {
      const text = (): string => bar.parentElement?.querySelector("pre")?.textContent ?? "";
      const language = bar.getAttribute(OWN) ?? "";
      show(
        <HostContext.Provider value={this.context}>
          <CodeBar language={language} closed={!this.props.live} text={text} />
        </HostContext.Provider>,
        bar,
      );
    }
  }

  override render(): VNode {
    return (
      <div
        class="jp-Chatcore-prose"
        ref={(element) => {
          this.element = element;
        }}
      />
    );
  }
}
