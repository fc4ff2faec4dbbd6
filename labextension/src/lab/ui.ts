/** All that is needed to show chats; it loads when the first one, or their list, is shown. */
export { HttpTransport } from "../http";
export { mountList } from "../ui/list/mount";
export { mount } from "../ui/mount";
