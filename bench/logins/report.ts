import type { LoginCost, LoginCosts } from './compare.ts';

/** Comparisons of logins with a bare script, each in a process of its own; names of metrics, in the order of the table. */
export const LOGIN_NAMES = ['secure-login', 'prosody-login', 'token-login'] as const;

export type LoginName = (typeof LOGIN_NAMES)[number];

/** One line: what both need, and what ours must not exceed. */
export interface ComparedLogin extends LoginCosts {
  readonly title: string;
  /** Elapsed time, times that of the script; CPU in milliseconds. */
  readonly goal?: { readonly times: number; readonly cpu?: number };
}

/** What a process reports; or why it measured nothing. */
export type LoginReport = { readonly compared: readonly ComparedLogin[] } | { readonly missing: string };

/** Whether ours reached its goals, where there are any. */
export function isReached({ ours, times, goal }: ComparedLogin): boolean {
  if (!goal) return true;
  return times <= goal.times && ours.cpu <= (goal.cpu ?? Number.POSITIVE_INFINITY);
}

/** A line of the table for each login. */
export function loginRows(compared: readonly ComparedLogin[]): readonly (readonly string[])[] {
  if (compared.length === 0) return [];
  const head = ['login, elapsed (CPU), ms', 'bare script', 'xstate-xmpp', 'times', 'goal'];
  return [head, ...compared.map(row)];
}

function row(login: ComparedLogin): readonly string[] {
  const { title, bare, ours, times } = login;
  return [title, cell(bare), cell(ours), times.toFixed(2), goalOf(login)];
}

function cell({ elapsed, cpu }: LoginCost): string {
  return `${elapsed.toFixed(2)} (${cpu.toFixed(2)})`;
}

function goalOf(login: ComparedLogin): string {
  const { goal } = login;
  if (!goal) return '';
  const cpu = goal.cpu === undefined ? '' : `, CPU ≤ ${goal.cpu} ms`;
  return `≤ ${goal.times}${cpu} ${isReached(login) ? 'ok' : 'MISSED'}`;
}
