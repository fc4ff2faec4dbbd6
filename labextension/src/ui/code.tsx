import { Component, type VNode } from "preact";
import type { Code } from "../render/blocks";
import { highlighter } from "../render/lazy";
import { grow } from "../render/morph";
import { t } from "../words";
import { CodeBar } from "./codebar";

/** Longer code stays uncoloured: colouring it would hold up the page. */
const LONGEST = 30_000;
/** Up to here, code that is being written is coloured anew each time. */
const SHORT = 2_000;

interface Props {
  readonly code: Code;
}

/** A code block by itself, which may still be growing. */
export class CodeBlock extends Component<Props> {
  private element: HTMLElement | null = null;
  private readonly tail = document.createTextNode("");
  private language = "";
  /** The text that has colours; what came since is in `tail`. */
  private coloured = "";

  override shouldComponentUpdate({ code }: Props): boolean {
    const now = this.props.code;
    return code.text !== now.text || code.language !== now.language || code.closed !== now.closed;
  }

  override componentDidMount(): void {
    this.element?.replaceChildren(this.tail);
    this.paint();
  }

  override componentDidUpdate(): void {
    this.paint();
  }

  override componentWillUnmount(): void {
    highlighter.forget(this.paint);
  }

  private readonly paint = (): void => {
    const { text, language } = this.props.code;
    if (!text.startsWith(this.coloured) || language !== this.language) this.reset();
    this.language = language;
    if (this.due(text) && this.colour(text)) return;
    grow(this.tail, text.slice(this.coloured.length));
  };

  private reset(): void {
    this.coloured = "";
    this.element?.replaceChildren(this.tail);
  }

  /** Ever more rarely while the code grows, so that colouring stays a small part of it. */
  private due(text: string): boolean {
    if (text.length > LONGEST || !this.props.code.language) return false;
    const fresh = text.length - this.coloured.length;
    if (this.props.code.closed || text.length < SHORT) return fresh > 0;
    return fresh > this.coloured.length / 4;
  }

  private colour(text: string): boolean {
    const spans = highlighter.get(this.paint)?.highlight(text, this.language);
    if (!spans) return false;
    this.tail.data = "";
    this.element?.replaceChildren(spans, this.tail);
    this.coloured = text;
    return true;
  }

  override render(): VNode {
    const { language, closed } = this.props.code;
    return (
      <figure class="jp-Chatcore-code" aria-label={codeLabel(language)}>
        <CodeBar language={language} closed={closed} text={() => this.props.code.text} />
        <pre class="jp-Chatcore-pre" tabIndex={0}>
          <code
            ref={(element) => {
              this.element = element;
            }}
          />
        </pre>
      </figure>
    );
  }
}

/** What a block of code is called. */
export function codeLabel(language: string): string {
  return language ? t("Code in %1", language) : t("Code");
}
