import type { MachineName } from './subjects.ts';

/** Why no test can notice a mutant, or what is missing in the tests that could. */
export interface Survivor {
  /** Whether the chart does the same with the mistake as without it. */
  readonly isEquivalent: boolean;
  readonly reason: string;
}

/** The mutants that survive, by the machine and their name. Each was looked at by hand. */
export const SURVIVORS: Readonly<Record<MachineName, Readonly<Record<string, Survivor>>>> = {
  session: {},
  authentication: {},
  client: {},
};
