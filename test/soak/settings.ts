/** Whether the long runs are asked for (`SOAK=1`); otherwise they are shortened to some seconds each. */
export const IS_FULL = process.env.SOAK === '1';

/** What the long lives begin with, so that they are the same each time; another one with `SOAK_SEED`. */
export const SEED = Number(process.env.SOAK_SEED ?? 11);
