import type { ISettingRegistry } from "@jupyterlab/settingregistry";
import { Signal } from "@lumino/signaling";
import type { Preferences } from "../ui/host";

/** What users set for all chats; schema/plugin.json tells what each of them means. */
export interface Settings extends Preferences {
  readonly assistant: string;
  /** In pixels, 0 for JupyterLab's own. */
  readonly fontSize: number;
  readonly notify: boolean;
  readonly longSeconds: number;
}

export const DEFAULTS: Settings = {
  assistant: "",
  sendWith: "enter",
  place: "below",
  fontSize: 0,
  showNotebook: true,
  notify: true,
  longSeconds: 20,
};

/** The settings as they are now. */
export class Live {
  readonly changed = new Signal<this, void>(this);
  private values = DEFAULTS;
  private kept: ISettingRegistry.ISettings | null = null;

  get current(): Settings {
    return this.values;
  }

  /** Takes them from JupyterLab from now on. Rejects where it has none for this plug-in. */
  async follow(registry: ISettingRegistry, id: string): Promise<void> {
    const settings = await registry.load(id);
    this.kept = settings;
    const take = (): void => {
      // the schema has checked them, and has a default for each
      this.values = { ...DEFAULTS, ...(settings.composite as Partial<Settings>) };
      this.changed.emit();
    };
    settings.changed.connect(take);
    take();
  }

  /** Sets one of them; rejects where it cannot be kept. */
  async set<K extends keyof Settings>(name: K, value: Settings[K]): Promise<void> {
    this.values = { ...this.values, [name]: value };
    this.changed.emit();
    await this.kept?.set(name, value);
  }
}

const SIZE = "--chatcore-font-size";
/** Nobody can read less: it is a number that is not yet typed to its end. */
const SMALLEST = 8;

/** Gives all chats of the page their font size. */
export function setFontSize({ style }: HTMLElement, pixels: number): void {
  if (pixels >= SMALLEST) style.setProperty(SIZE, `${pixels}px`);
  else style.removeProperty(SIZE);
}
