/** The states that are around all of these, the outermost first; a single state is around itself. */
export function commonAncestors([first, ...others]: readonly string[]): string[] {
  const all = first === undefined ? [] : withAncestors(first).slice(1);
  return all.filter((path) => others.every((other) => isWithin(other, path)));
}

/** All states that are active when these innermost ones are. */
export function activeStates(innermost: readonly string[]): Set<string> {
  return new Set(innermost.flatMap(withAncestors));
}

/**
 * Innermost states of a path as a recording has it, where `+` stands between parallel regions and what is common is said only
 * once: `linked.online.stability.stable+liveness.fresh` is in two states. `known` are the states of the chart; without
 * them a region is taken to have no states within states.
 */
export function expandStatePath(path: string, known: ReadonlySet<string>): string[] {
  const [first = '', ...others] = path.split('+');
  const states = [first];
  for (const other of others) {
    const before = states.at(-1)?.split('.') ?? [];
    const guess = before.slice(0, Math.max(0, before.length - 2));
    states.push([...(commonStart(before, other, known) ?? guess), other].join('.'));
  }
  return states;
}

/** When each active state was entered: those that were active before keep their time. */
export function sinceAfter(
  before: Readonly<Record<string, number>>,
  innermost: readonly string[],
  at: number,
): Record<string, number> {
  return Object.fromEntries([...activeStates(innermost)].map((path) => [path, before[path] ?? at]));
}

/** Whether a state is active where these innermost ones are. */
export function isWithin(innermost: string, path: string): boolean {
  return path === '' || innermost === path || innermost.startsWith(`${path}.`);
}

/** The longest beginning of a path under which the chart has this state. */
function commonStart(before: readonly string[], state: string, known: ReadonlySet<string>): string[] | undefined {
  for (let length = before.length - 1; length >= 0; length--) {
    const start = before.slice(0, length);
    if (known.has([...start, state].join('.'))) return start;
  }
  return undefined;
}

/** The states around a state, from the root (an empty path) to itself: `''`, `linked`, `linked.online`. */
function withAncestors(path: string): string[] {
  const parts = path === '' ? [] : path.split('.');
  return ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('.'))];
}
