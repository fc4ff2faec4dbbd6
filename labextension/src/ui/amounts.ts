/** Amounts as people read them. */
import { t } from "../words";

const COUNT = new Intl.NumberFormat("en");
const CENTS = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const SMALL = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });
/** A sum below this is as good as nothing. */
const LEAST = 0.0001;

/** A number with its thousands apart. */
export function number(value: number): string {
  return COUNT.format(value);
}

/** A time: two figures of seconds, then minutes, then hours. */
export function seconds(value: number): string {
  const whole = Math.round(value);
  if (value < 59.5) return t("%1 s", `${Number(value.toPrecision(2))}`);
  if (whole < 3600) return t("%1 min %2 s", `${Math.floor(whole / 60)}`, `${whole % 60}`);
  const minutes = Math.round(value / 60);
  return t("%1 h %2 min", `${Math.floor(minutes / 60)}`, `${minutes % 60}`);
}

/** US dollars: whole cents of what is a dollar or more, else two figures that say something. */
export function dollars(value: number): string {
  if (value >= 1) return `$${CENTS.format(value)}`;
  if (value > 0 && value < LEAST) return t("less than $%1", `${LEAST}`);
  return `$${SMALL.format(value)}`;
}
