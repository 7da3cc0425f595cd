import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyStateMachine } from 'xstate';
import { authenticationMachine, clientMachine, sessionMachine } from '../../machines/index.ts';
import { OptionError } from '../errors/index.ts';
import { type ChartGraph, chartGraph, renderDot, renderMermaid, renderSvg } from '../inspect/graph/index.ts';
import { saveOut } from './files.ts';
import type { Io } from './io.ts';
import { escapeControls } from './terminal.ts';

/** What the options of `chart` come as. */
export interface ChartFlags {
  /** By default `mermaid`. */
  readonly format?: string;
  /** File to write; by default the standard output. */
  readonly out?: string;
  /** File with machines of somebody else; its path counts from the working directory. */
  readonly module?: string;
}

/** Formats of `chart`. */
export const CHART_FORMATS = ['mermaid', 'svg', 'dot', 'json'] as const;

type Format = (typeof CHART_FORMATS)[number];

/** Machines by the name that chooses them. */
type Machines = ReadonlyMap<string, AnyStateMachine>;

const OWN: Machines = new Map<string, AnyStateMachine>(
  [clientMachine, sessionMachine, authenticationMachine].map((machine) => [machine.id, machine]),
);

/**
 * `xstate-xmpp chart`: writes a machine of this library, by default `client`, or one of a file, as a picture or as data. Loading a file
 * runs it.
 *
 * @throws OptionError for an unknown machine or format, a file that cannot be loaded or written, and one without machines
 */
export async function chart(machine: string | undefined, flags: ChartFlags, io: Io): Promise<void> {
  const format = parseFormat(flags.format ?? 'mermaid');
  const machines = flags.module === undefined ? OWN : await loadMachines(flags.module);
  const chosen = choose(machine, machines, flags.module);
  const text = await render(chartGraph(chosen), format);
  if (flags.out === undefined) io.stdout.write(text);
  else await saveOut(flags.out, text);
}

function parseFormat(text: string): Format {
  const format = CHART_FORMATS.find((known) => known === text);
  if (format === undefined) {
    throw new OptionError(`Expected ${listed(CHART_FORMATS)} after --format, got '${text}'`);
  }
  return format;
}

async function render(graph: ChartGraph, format: Format): Promise<string> {
  switch (format) {
    case 'mermaid':
      return renderMermaid(graph);
    case 'svg':
      return renderSvg(graph);
    case 'dot':
      return renderDot(graph);
    case 'json':
      return `${JSON.stringify(graph, null, 2)}\n`;
  }
}

/** By export name; two names for one machine are one machine. */
async function loadMachines(path: string): Promise<Machines> {
  const exported = await load(path);
  const machines = new Map<string, AnyStateMachine>();
  for (const [name, value] of Object.entries(exported)) {
    if (isMachine(value) && ![...machines.values()].includes(value)) machines.set(name, value);
  }
  if (machines.size === 0) {
    const names = Object.keys(exported);
    const found = names.length === 0 ? 'which exports nothing' : `which exports only ${names.join(', ')}`;
    throw new OptionError(`Expected a file that exports a machine of XState after --module, got ${path}, ${found}`);
  }
  return machines;
}

async function load(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const module: unknown = await import(pathToFileURL(resolve(path)).href);
    return typeof module === 'object' && module !== null ? { ...module } : {};
  } catch (cause) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new OptionError(`Expected a module that can be loaded after --module, got ${path} (${firstLine(reason)})`, {
      cause,
    });
  }
}

/** The caller may have another copy of XState than we: its classes are others. */
function isMachine(value: unknown): value is AnyStateMachine {
  const isObject = typeof value === 'object' && value !== null;
  if (!isObject || !('root' in value) || !('id' in value) || !('transition' in value)) return false;
  const { root, id } = value;
  const isNode = typeof root === 'object' && root !== null && 'states' in root && 'transitions' in root;
  return isNode && root.transitions instanceof Map && typeof id === 'string';
}

function choose(name: string | undefined, machines: Machines, module: string | undefined): AnyStateMachine {
  const known = [...machines.keys()];
  const wanted = name ?? (module === undefined ? clientMachine.id : known.length === 1 ? known[0] : undefined);
  if (wanted === undefined) {
    throw new OptionError(`Expected the name of one of several machines in ${module}: ${listed(known)}, got none`);
  }
  const found = machines.get(wanted) ?? [...machines.values()].find(({ id }) => id === wanted);
  if (found === undefined) {
    throw new OptionError(`Expected the name of a machine (${listed(known)}), got '${wanted}'`);
  }
  return found;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function firstLine(text: string): string {
  return escapeControls(text.split('\n', 1)[0] ?? '');
}
