// What the widget runs in the page first: it finds the chat's bundle and hands over to it.
//
// The server of a Jupyter page has the bundle, so the browser caches it and notebooks
// stay small. Where the page is another host's, or its server lacks the extension, the
// kernel sends the same file over the comm.

/** The bundle's address at the page's own server; its digest makes it safe to cache. */
function address(digest) {
  const page = document.getElementById("jupyter-config-data");
  const folder = page && JSON.parse(page.textContent).fullLabextensionsUrl;
  if (!folder) throw new Error("this page is not Jupyter's");
  // this module lives under a blob: address, so nothing relative can be imported from it
  const url = new URL(`${folder}/jupyter-chatcore/static/widget.js`, document.baseURI);
  url.searchParams.set("v", digest);
  return url.href;
}

/** The bundle's source from the kernel; it can only answer between two cells. */
function ask(model) {
  return new Promise((resolve, reject) => {
    function receive(content, buffers) {
      if (content?.kind !== "bundle") return;
      model.off("msg:custom", receive);
      if (content.error) reject(new Error(content.error));
      else resolve(buffers[0]);
    }
    model.on("msg:custom", receive);
    model.send({ kind: "bundle" });
  });
}

async function importFromKernel(model) {
  const source = new Blob([await ask(model)], { type: "text/javascript" });
  const url = URL.createObjectURL(source);
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function importFromServer(model) {
  return await import(address(model.get("_digest")));
}

function load(model) {
  return importFromServer(model).catch(() => importFromKernel(model));
}

async function render(context) {
  const bundle = await load(context.model);
  return bundle.default.render(context);
}

export default { render };
