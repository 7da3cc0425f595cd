import type { AnyStateNode } from 'xstate';
import type { ChartInvoke } from './chart.ts';

/** A function that stands in the chart, where a name could. */
const INLINE = 'inline function';

/** What a function is called that was written in place: XState and JavaScript name it after its key. */
const KEYS: readonly string[] = ['', 'guard', 'actions', 'entry', 'exit'];

/** Parameters that are shown of a guard or an action. */
const MOST_PARAMETERS = 3;

/** Longest value of a parameter that is shown, in UTF-16 units. */
const LONGEST_VALUE = 24;

/**
 * What to call a guard: its name, with parameters where they are given as values, and `not`, `and`, `or` in words. A function without
 * a name is an `inline function`.
 */
export function guardName(guard: unknown): string {
  if (typeof guard !== 'function') return namedObject(guard);
  const inner = 'guards' in guard && Array.isArray(guard.guards) ? guard.guards.map(guardName) : [];
  // Tools that put files together number what has the same name.
  const word = guard.name.replace(/\d+$/, '');
  if (inner.length > 0 && word === 'not') return `not ${inner.map(grouped).join(', ')}`;
  if (inner.length > 0 && (word === 'and' || word === 'or')) return inner.map(grouped).join(` ${word} `);
  if ('stateValue' in guard) return `in ${shown(guard.stateValue)}`;
  return functionName(guard.name);
}

/**
 * What to call an action: its name; `assign`, `raise ping`, `send to session` and the like for those that XState makes; a function
 * without a name is an `inline function`.
 */
function actionName(action: unknown): string {
  if (typeof action !== 'function') return namedObject(action);
  const type = 'type' in action && typeof action.type === 'string' ? action.type : '';
  if (!type.startsWith('xstate.')) return functionName(action.name);
  const [what, detail] = builtIn(type.slice('xstate.'.length), { ...action });
  return detail === undefined ? what : `${what} ${detail}`;
}

/** Names of all, whether one is given, several or none. */
export function actionNames(actions: unknown): string[] {
  return asList(actions).map(actionName);
}

/** The actors that a state invokes. XState makes up ids and names where none are given; those are of no use to anybody. */
export function invokesOf(state: AnyStateNode): ChartInvoke[] {
  const configs = asList(state.config.invoke);
  return state.invoke.map(({ id }, index) => {
    const config = configs[index];
    const given = typeof config === 'object' && config !== null && 'src' in config ? config.src : undefined;
    return { id, src: typeof given === 'string' ? given : logicName(given) };
  });
}

/** What to call an actor: its id, or the name of its logic where XState made the id up. */
export function actorName({ id, src }: ChartInvoke, index: number, state: AnyStateNode): string {
  return id === `${index}.${state.id}` ? src : id;
}

/** An array of what may be one thing, several or none. */
export function asList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** A machine that stands in the chart has an id. */
function logicName(logic: unknown): string {
  const id = typeof logic === 'object' && logic !== null && 'id' in logic ? nameOf(logic.id) : undefined;
  return id === undefined || id === '(machine)' ? 'inline actor' : id;
}

function namedObject(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || !('type' in value)) return shown(value);
  const type = String(value.type);
  const params = 'params' in value ? value.params : undefined;
  if (typeof params !== 'object' || params === null) return type;
  const entries = Object.entries(params);
  const named = entries.slice(0, MOST_PARAMETERS).map(([key, inner]) => `${key}: ${shown(inner)}`);
  if (entries.length > MOST_PARAMETERS) named.push('…');
  return named.length === 0 ? type : `${type}(${named.join(', ')})`;
}

function builtIn(
  type: string,
  given: Readonly<Record<string, unknown>>,
): readonly [what: string, detail: string | undefined] {
  switch (type) {
    case 'raise':
    case 'emit':
      return [type, eventType(given.event)];
    case 'sendTo':
      return ['send', sendDetail(given)];
    case 'cancel':
      return [type, nameOf(given.sendId)];
    case 'spawnChild':
      return ['spawn', nameOf(given.src) ?? logicName(given.src)];
    case 'stopChild':
      return ['stop', nameOf(given.actorRef)];
    case 'enqueueActions':
      return ['enqueue actions', undefined];
    default:
      return [type, undefined];
  }
}

function sendDetail({ event, to }: Readonly<Record<string, unknown>>): string | undefined {
  const type = eventType(event);
  const actor = nameOf(to);
  const parts = [...(type === undefined ? [] : [type]), ...(actor === undefined ? [] : [`to ${actor}`])];
  return parts.length === 0 ? undefined : parts.join(' ');
}

function eventType(event: unknown): string | undefined {
  const hasType = typeof event === 'object' && event !== null && 'type' in event;
  return hasType && typeof event.type === 'string' ? event.type : undefined;
}

function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function functionName(name: string): string {
  return KEYS.includes(name) ? INLINE : name;
}

function grouped(name = ''): string {
  return / (and|or) /.test(name) ? `(${name})` : name;
}

/** Any value in a few characters: a chart is no place for data. */
function shown(value: unknown): string {
  if (typeof value === 'function') return '…';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[…]' : '{…}';
  const text = typeof value === 'string' ? `'${value}'` : String(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
