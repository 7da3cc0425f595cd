/** A span of time for people: `340 ms`, `4.2 s`, `3 min 05 s`, `2 h 07 min`. Nothing is below zero. */
export function formatDuration(milliseconds: number): string {
  const span = Math.max(0, milliseconds);
  if (span < 1000) return `${Math.floor(span)} ms`;
  const seconds = span / 1000;
  if (seconds < 60) return `${(Math.floor(seconds * 10) / 10).toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${pad(Math.floor(seconds % 60))} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** The same in whole seconds, for what changes before the eyes of somebody who asked for less motion. */
export function formatCalmDuration(milliseconds: number): string {
  const seconds = Math.floor(Math.max(0, milliseconds) / 1000);
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}

/** Time of day to the millisecond, in the zone of whoever looks: `14:03:09.120`. */
export function formatTime(at: number): string {
  const time = new Date(at);
  const parts = [time.getHours(), time.getMinutes(), time.getSeconds()].map(pad).join(':');
  return `${parts}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}

/** The distance between two moments, with its sign: `+12 ms`, `−1.4 s`. */
export function formatOffset(milliseconds: number): string {
  return `${milliseconds < 0 ? '−' : '+'}${formatDuration(Math.abs(milliseconds))}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
