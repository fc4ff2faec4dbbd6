/** All that is needed to show chats; it loads when the first one is shown. */
export { HttpTransport } from "../http";
export { mount } from "../ui/mount";
