/**
 * What the chat loads when it is first shown: here it is at hand at once, as in a page that
 * has shown it before, since no time goes by while a test waits.
 */
import "../src/ui/completing";
import "../src/ui/lightbox";
import "../src/ui/menu";
import "../src/ui/plan";
import "../src/ui/rewrite";
import "../src/ui/stale";
import "../src/ui/tool";
import "../src/ui/undo";
import "../src/ui/usage";
