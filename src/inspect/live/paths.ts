import { clientMachine } from '../../../machines/index.ts';

/**
 * The innermost states of a path of the client's chart, as a recording has it: regions are joined by `+`, and what is around them
 * is said once. `linked.online.stability.settling+liveness.fresh` is two states.
 */
export function splitPath(path: string): string[] {
  const [first = '', ...others] = path.split('+');
  return [first, ...others.map((other) => completePath(first, other))];
}

/** All states of such a path, outer ones too. */
export function clientPaths(path: string): string[] {
  const paths = splitPath(path).flatMap((innermost) => {
    const names = innermost.split('.');
    return names.map((_, index) => names.slice(0, index + 1).join('.'));
  });
  return [...new Set(paths)];
}

/** What is around the first region is around the others as well. */
function completePath(first: string, other: string): string {
  const names = first.split('.');
  for (let length = names.length - 1; length > 0; length -= 1) {
    const candidate = `${names.slice(0, length).join('.')}.${other}`;
    if (isState(candidate)) return candidate;
  }
  return other;
}

function isState(path: string): boolean {
  let node: ChartNode | undefined = clientMachine.root;
  for (const name of path.split('.')) node = node?.states[name];
  return node !== undefined;
}

interface ChartNode {
  readonly states: Readonly<Record<string, ChartNode>>;
}
