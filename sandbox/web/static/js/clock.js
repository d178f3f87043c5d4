// Times and sizes in the reader's locale.

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });
const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

export const clock = (seconds) => time.format(seconds * 1000);

const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);
const daysAgo = (seconds) => Math.round((midnight(Date.now()) - midnight(seconds * 1000)) / 864e5);

export function dayName(seconds) {
  return ["Today", "Yesterday"][daysAgo(seconds)] ?? day.format(seconds * 1000);
}

export const rowTime = (seconds) =>
  daysAgo(seconds) === 0 ? clock(seconds) : short.format(seconds * 1000);

export function bytes(count) {
  if (count < 1024) return `${count} B`;
  if (count < 1024 * 1024) return `${(count / 1024).toFixed(1)} KB`;
  return `${(count / 1024 / 1024).toFixed(1)} MB`;
}
