/** How long ago something was, as short as a list needs it. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const short = (unit: string): Intl.NumberFormat =>
  new Intl.NumberFormat(undefined, { style: "unit", unit, unitDisplay: "narrow" });
const MINUTES = short("minute");
const HOURS = short("hour");
const WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const DATE = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const YEAR = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** `5m`, `3h`, `Tue`, `12 Mar`; "" for less than a minute, and for what is no moment. */
export function ago(timestamp: string, now: number): string {
  const date = new Date(timestamp);
  const passed = now - date.getTime();
  if (Number.isNaN(passed) || passed < MINUTE) return "";
  if (passed < HOUR) return MINUTES.format(Math.floor(passed / MINUTE));
  if (passed < DAY) return HOURS.format(Math.floor(passed / HOUR));
  if (passed < 6 * DAY) return WEEKDAY.format(date);
  return (new Date(now).getFullYear() === date.getFullYear() ? DATE : YEAR).format(date);
}
