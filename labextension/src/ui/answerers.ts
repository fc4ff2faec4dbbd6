/** Who could give another answer: other models of who answers here, and other assistants. */
import type { AssistantInfo, Choice, JsonObject, Regenerate, Session } from "../protocol";
import { chosen, current } from "./assistants";

/** Who shall answer once, where it is not who answers in the chat. */
export interface Answerer extends Pick<Regenerate, "assistant" | "settings"> {
  readonly title: string;
}

/** More models than these are chosen below the field where one writes. */
const MODELS = 8;

export function answerers(list: readonly AssistantInfo[], session: Session): readonly Answerer[] {
  const here = current(list, session.assistant);
  const others = list.filter((info) => (info.state ?? "ready") === "ready" && info !== here);
  return [
    ...models(here, session),
    ...others.map(({ title, name, choices = [] }) => ({
      title,
      assistant: name,
      settings: unset([...(here?.choices ?? []), ...choices]),
    })),
  ];
}

function models(here: AssistantInfo | undefined, session: Session): readonly Answerer[] {
  const choice = here?.choices?.find(({ name }) => name === "model");
  const values = choice?.values ?? [];
  if (!choice || values.length > MODELS) return [];
  const now = chosen(session.settings, choice) ?? choice.value;
  return values
    .filter((model) => model !== now)
    .map((model) => ({ title: model, settings: { model } }));
}

/** What is chosen of one assistant means nothing to another one. */
function unset(choices: readonly Choice[]): JsonObject {
  return Object.fromEntries(choices.map(({ name }) => [name, null]));
}
