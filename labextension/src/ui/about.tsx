import type { VNode } from "preact";
import type { Message, Sent, Usage } from "../protocol";
import { t, tn } from "../words";
import { dollars, number, seconds } from "./amounts";

type Fact = readonly [name: string, value: string];

const DIGEST = 12;
const LONGEST = 120;

/** What is known of how an answer came to be; what a provider wants back is never shown. */
export function About({ message }: { readonly message: Message }): VNode {
  return (
    <dl class="jp-Chatcore-about" aria-label={t("About this answer")}>
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
    [t("Model"), usage?.model || sent?.model || model || ""],
    [t("Tokens"), usage ? tokens(usage) : ""],
    [t("Time"), usage?.seconds == null ? "" : seconds(usage.seconds)],
    [t("Cost"), usage?.cost == null ? "" : dollars(usage.cost)],
    [t("Sent"), sent ? extent(sent) : ""],
    [t("Window"), sent?.window ? t("%1 tokens", number(sent.window)) : ""],
    [t("Settings"), parameters(sent?.parameters ?? {})],
    [t("Request"), sent?.digest?.slice(0, DIGEST) ?? ""],
    [t("Error"), error?.code ?? ""],
  ];
  return facts.filter(([, value]) => value !== "");
}

function tokens(usage: Usage): string {
  const { input_tokens, output_tokens, reasoning_tokens, cached_tokens } = usage;
  return [
    ...counted(input_tokens, (count) => t("%1 in", count)),
    ...counted(output_tokens, (count) => t("%1 out", count)),
    ...counted(reasoning_tokens, (count) => t("%1 of it thinking", count)),
    ...counted(cached_tokens, (count) => t("%1 from the cache", count)),
  ].join(" · ");
}

function counted(
  count: number | null | undefined,
  words: (count: string) => string,
): readonly string[] {
  return count == null ? [] : [words(number(count))];
}

function extent({ messages = 0, omitted = 0, shortened = [], reduced = [] }: Sent): string {
  const pieces = [tn("%1 message", "%1 messages", messages)];
  if (omitted > 0) pieces.push(t("%1 older left out", number(omitted)));
  if (shortened.length > 0) pieces.push(t("%1 shortened", number(shortened.length)));
  if (reduced.length > 0) pieces.push(t("pictures scaled down"));
  return pieces.join(" · ");
}

function parameters(values: object): string {
  const text = Object.entries(values)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
