import type { VNode } from "preact";
import type { Message, Sent, Usage } from "../protocol";

type Fact = readonly [name: string, value: string];

const DIGEST = 12;
const LONGEST = 120;
const COUNT = new Intl.NumberFormat("en");

/** What is known of how an answer came to be; what a provider wants back is never shown. */
export function About({ message }: { readonly message: Message }): VNode {
  return (
    <dl class="jp-Chatcore-about" aria-label="About this answer">
      {factsOf(message).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** All that there is to tell, in the order of what people ask first; none where nothing is. */
export function factsOf({ model, usage, sent, error }: Message): readonly Fact[] {
  const facts: readonly (readonly [string, string])[] = [
    ["Model", usage?.model || sent?.model || model || ""],
    ["Tokens", usage ? tokens(usage) : ""],
    ["Time", usage?.seconds == null ? "" : seconds(usage.seconds)],
    ["Cost", usage?.cost == null ? "" : dollars(usage.cost)],
    ["Sent", sent ? extent(sent) : ""],
    ["Window", sent?.window ? `${COUNT.format(sent.window)} tokens` : ""],
    ["Settings", parameters(sent?.parameters ?? {})],
    ["Request", sent?.digest?.slice(0, DIGEST) ?? ""],
    ["Error", error?.code ?? ""],
  ];
  return facts.filter(([, value]) => value !== "");
}

function tokens(usage: Usage): string {
  const counted = (count: number | null | undefined, what: string): string[] =>
    count == null ? [] : [`${COUNT.format(count)} ${what}`];
  return [
    ...counted(usage.input_tokens, "in"),
    ...counted(usage.output_tokens, "out"),
    ...counted(usage.reasoning_tokens, "of it thinking"),
    ...counted(usage.cached_tokens, "from the cache"),
  ].join(" · ");
}

function seconds(value: number): string {
  if (value < 60) return `${Number(value.toPrecision(2))} s`;
  return `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
}

/** Small sums keep two figures that say something. */
function dollars(value: number): string {
  return `$${value >= 1 ? value.toFixed(2) : Number(value.toPrecision(2))}`;
}

function extent({ messages = 0, omitted = 0, shortened = [] }: Sent): string {
  const pieces = [messages === 1 ? "1 message" : `${COUNT.format(messages)} messages`];
  if (omitted > 0) pieces.push(`${COUNT.format(omitted)} older left out`);
  if (shortened.length > 0) pieces.push(`${COUNT.format(shortened.length)} shortened`);
  return pieces.join(" · ");
}

function parameters(values: object): string {
  const text = Object.entries(values)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
