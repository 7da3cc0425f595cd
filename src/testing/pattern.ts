import { OptionError } from '../errors/index.ts';
import { NS_CLIENT } from '../stanza/index.ts';
import { NS_STREAM } from '../stream/index.ts';
import { type Attributes, type Element, textOf } from '../xml/index.ts';

/** What an element has to be like: the XML of a test, ready to be compared. */
export interface Pattern {
  readonly name: string;
  /** `*` for any. */
  readonly namespace: string;
  readonly attributes: readonly (readonly [name: string, value: ValuePattern])[];
  /** `undefined` where the text does not matter. */
  readonly text: ValuePattern | undefined;
  /** Each must be there, a child of its own. */
  readonly children: readonly Pattern[];
  /** None of these may be there. */
  readonly strangers: readonly Pattern[];
}

interface ValuePattern {
  /** For error messages. */
  readonly description: string;
  accepts(value: string | undefined): boolean;
}

/** In place of a value or of a namespace: something must be there, whatever it is. */
const ANYTHING = '*';
/** In place of a value: nothing may be there. */
const NOTHING = '!';

/**
 * Reads an element of a test as a pattern.
 *
 * @throws OptionError for a regular expression that is none, and where nothing at all is expected
 */
export function readPattern(wanted: Element): Pattern {
  if (isUnwanted(wanted))
    throw new OptionError(`Expected something to come, got a pattern for <${wanted.name}/> not to`);
  const children = elementsIn(wanted);
  const text = textOf(wanted).trim();
  return {
    name: wanted.name,
    namespace: wanted.namespace,
    attributes: Object.entries(wanted.attributes).map(([name, value = '']) => [name, readValue(value)]),
    text: text === '' ? undefined : readValue(text),
    children: children.filter((child) => !isUnwanted(child)).map(readPattern),
    strangers: children.filter(isUnwanted).map((child) => readStranger(child, wanted)),
  };
}

/** One that declares no namespace may not be there in any: that of stanzas is hardly what a test means by it. */
function readStranger(child: Element, { namespace }: Element): Pattern {
  const outer = namespace === NS_STREAM && child.namespace === NS_CLIENT ? NS_CLIENT : namespace;
  return readPattern(inAnyNamespace({ ...child, children: elementsIn(child) }, outer));
}

function inAnyNamespace(unwanted: Element, outer: string): Element {
  if (unwanted.namespace !== outer) return unwanted;
  const children = unwanted.children.map((child) => (typeof child === 'string' ? child : inAnyNamespace(child, outer)));
  return { ...unwanted, namespace: ANYTHING, children };
}

/** The first thing in which an element is not as wanted, in words; `undefined` if it is. */
export function differenceOf(actual: Element, wanted: Pattern): string | undefined {
  if (!isNamed(actual, wanted)) return `name: expected ${nameOf(wanted)}, got ${nameOf(actual)}`;
  return (
    differenceInAttributes(actual.attributes, wanted) ??
    differenceOfValue('text', textOf(actual).trim() || undefined, wanted.text) ??
    differenceInChildren(elementsIn(actual), wanted)
  );
}

function differenceInAttributes(actual: Attributes, wanted: Pattern): string | undefined {
  for (const [name, value] of wanted.attributes) {
    const difference = differenceOfValue(`attribute ${name}`, actual[name], value);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function differenceOfValue(what: string, actual: string | undefined, wanted?: ValuePattern): string | undefined {
  if (wanted === undefined || wanted.accepts(actual)) return undefined;
  return `${what}: expected ${wanted.description}, got ${actual === undefined ? 'none' : quote(actual)}`;
}

function differenceInChildren(present: readonly Element[], { children, strangers }: Pattern): string | undefined {
  const missing = firstWithout(children, present);
  if (missing) return whyMissing(missing, present);
  for (const stranger of strangers) {
    const found = present.find((child) => isLike(child, stranger));
    if (found) return `child ${nameOf(stranger)}: expected none, got ${nameOf(found)}`;
  }
  return undefined;
}

/** The first pattern that gets no child of its own, however the children are shared out among the patterns. */
function firstWithout(wanted: readonly Pattern[], present: readonly Element[]): Pattern | undefined {
  const owners = new Map<Element, Pattern>();
  const settle = (pattern: Pattern, tried: Set<Element>): boolean => {
    for (const child of present) {
      if (tried.has(child) || !isLike(child, pattern)) continue;
      tried.add(child);
      const owner = owners.get(child);
      if (owner !== undefined && !settle(owner, tried)) continue;
      owners.set(child, pattern);
      return true;
    }
    return false;
  };
  return wanted.find((pattern) => !settle(pattern, new Set()));
}

function whyMissing(wanted: Pattern, present: readonly Element[]): string {
  const name = nameOf(wanted);
  const namesakes = present.filter((child) => isNamed(child, wanted));
  const [first] = namesakes;
  if (first === undefined) {
    const other = present.find((child) => child.name === wanted.name);
    return `no child ${name}${other ? `, but ${nameOf(other)}` : ''}`;
  }
  const alike = namesakes.filter((child) => isLike(child, wanted)).length;
  if (alike > 0) return `children ${name}: expected more that are alike, got ${alike}`;
  const where = namesakes.length > 1 ? `in the first of ${namesakes.length} children ${name}` : `in child ${name}`;
  return `${where}: ${differenceOf(first, wanted)}`;
}

function readValue(value: string): ValuePattern {
  if (value === ANYTHING) return { description: 'any', accepts: (actual) => actual !== undefined };
  if (value === NOTHING) return { description: 'none', accepts: (actual) => actual === undefined };
  if (!/^\/.+\/$/s.test(value)) return { description: quote(value), accepts: (actual) => actual === value };
  const shape = readShape(value.slice(1, -1));
  return { description: value, accepts: (actual) => actual !== undefined && shape.test(actual) };
}

function readShape(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch (cause) {
    throw new OptionError(`Expected a regular expression between slashes, got ${quote(source)}`, { cause });
  }
}

function isLike(actual: Element, wanted: Pattern): boolean {
  return differenceOf(actual, wanted) === undefined;
}

function isNamed(actual: Element, { name, namespace }: Pattern): boolean {
  return actual.name === name && (namespace === ANYTHING || actual.namespace === namespace);
}

function isUnwanted(wanted: Element): boolean {
  return textOf(wanted).trim() === NOTHING;
}

function elementsIn(parent: Element): Element[] {
  return parent.children.filter((child) => typeof child !== 'string');
}

function nameOf({ name, namespace }: Pick<Element, 'name' | 'namespace'>): string {
  return `{${namespace}}${name}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
