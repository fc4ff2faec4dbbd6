/**
 * The JupyterLab extension.
 *
 * It has no plug-in yet: it is here to serve the chat's bundle beside it, so that every
 * notebook of a page shares one cached copy and maths and highlighting load when needed.
 */
const plugins: readonly never[] = [];

export default plugins;
