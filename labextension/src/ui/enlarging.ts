/** For a click somewhere in a text: opens the picture that was meant, if one was. */
export function enlargeAt({ target }: Event): void {
  const button = target instanceof Element ? target.closest(".jp-Chatcore-enlarge") : null;
  const image = button?.querySelector("img");
  if (image) void import("./lightbox").then(({ enlarge }) => enlarge(image));
}
