import { OptionError, shown } from '../errors/index.ts';

/**
 * Attributes of an element. Plain names are keys (`to`); an attribute in the `xml` namespace keeps its prefix
 * (`xml:lang`); one in any other namespace has the key `{namespace}local`. The object has no inherited properties,
 * so a name such as `constructor` or `__proto__` is an ordinary key.
 */
export type Attributes = Readonly<Record<string, string | undefined>>;

/** A child of an element: an element, or character data. */
export type Node = Element | string;

/** One XML element: plain data that nobody changes after it was made. */
export interface Element {
  /** Local name, without prefix. */
  readonly name: string;
  /** Namespace URI; the empty string for none. */
  readonly namespace: string;
  readonly attributes: Attributes;
  /** In document order; neighbouring character data is one string. */
  readonly children: readonly Node[];
}

/** What {@link element} takes as a child: absent ones are left out, numbers become text. */
export type Child = Node | number | undefined | readonly Child[];

/**
 * The namespace of an element that was built without one and not yet put into a parent: it takes that of its parent, or
 * that of the stream. No parsed element can have it, since U+0000 is no XML character.
 */
export const INHERITED = '\u0000';

/** A new, empty set of attributes: property access as fast as on any object, and nothing is inherited. */
export function createAttributes(): Record<string, string | undefined> {
  return new BareObject();
}

/**
 * Builds an element. The name is `name` or `{namespace}name`; without a namespace it takes that of the element it is put
 * into: `element('{jabber:client}message', { to }, element('body', {}, 'Hi'))`. Attributes that are `undefined` are
 * left out.
 */
export function element(
  name: string,
  attributes?: Readonly<Record<string, string | number | undefined>>,
  ...children: readonly Child[]
): Element {
  if (typeof name !== 'string') throw new OptionError(`Expected the name of an element, got ${shown(name)}`);
  const end = name.charCodeAt(0) === 0x7b ? name.lastIndexOf('}') : -1;
  const namespace = end < 0 ? INHERITED : name.slice(1, end);
  const own = createAttributes();
  for (const key in attributes) {
    const value = attributes[key];
    if (value !== undefined) own[key] = String(value);
  }
  const nodes: Node[] = [];
  for (const child of children) addChild(nodes, child, namespace);
  return { name: end < 0 ? name : name.slice(end + 1), namespace, attributes: own, children: nodes };
}

/** All character data directly inside an element, joined. */
export function textOf(parent: Element): string {
  const { children } = parent;
  const only = children.length === 1 ? children[0] : undefined;
  if (typeof only === 'string') return only;
  let text = '';
  for (const child of children) if (typeof child === 'string') text += child;
  return text;
}

/** The first child element with this name and namespace (that of the parent if none is given). */
export function childOf(parent: Element, name: string, namespace: string = parent.namespace): Element | undefined {
  for (const child of parent.children) {
    if (typeof child !== 'string' && child.name === name && child.namespace === namespace) return child;
  }
  return undefined;
}

/** All child elements with this name and namespace (that of the parent if none is given), in document order. */
export function childrenOf(parent: Element, name: string, namespace: string = parent.namespace): Element[] {
  const found: Element[] = [];
  for (const child of parent.children) {
    if (typeof child !== 'string' && child.name === name && child.namespace === namespace) found.push(child);
  }
  return found;
}

/** The first child element, whatever it is: the payload of an iq. */
export function firstChildOf(parent: Element): Element | undefined {
  for (const child of parent.children) if (typeof child !== 'string') return child;
  return undefined;
}

/** The text of the first child element with this name, or `undefined` where there is none. */
export function childTextOf(parent: Element, name: string, namespace: string = parent.namespace): string | undefined {
  const child = childOf(parent, name, namespace);
  return child && textOf(child);
}

/** Whether an element has this name and namespace: the only comparison that two spellings of a prefix cannot deceive. */
export function is(candidate: Element, name: string, namespace: string): boolean {
  return candidate.name === name && candidate.namespace === namespace;
}

function addChild(nodes: Node[], child: Child, namespace: string): void {
  if (child === undefined) return;
  if (child === null || typeof child === 'boolean' || typeof child === 'function') {
    throw new OptionError(`Expected an element, a text, a number or undefined as a child, got ${shown(child)}`);
  }
  if (typeof child === 'object' && 'length' in child) {
    for (const inner of child) addChild(nodes, inner, namespace);
  } else if (typeof child === 'object') {
    nodes.push(child.namespace === INHERITED && namespace !== INHERITED ? adopt(child, namespace) : child);
  } else if (child !== '') {
    const last = nodes.length - 1;
    const previous = nodes[last];
    if (typeof previous === 'string') nodes[last] = previous + child;
    else nodes.push(String(child));
  }
}

function adopt(orphan: Element, namespace: string): Element {
  const children = orphan.children.map((child) =>
    typeof child !== 'string' && child.namespace === INHERITED ? adopt(child, namespace) : child,
  );
  return { name: orphan.name, namespace, attributes: orphan.attributes, children };
}

class BareObject {
  [name: string]: string | undefined;
}
Object.setPrototypeOf(BareObject.prototype, null);
Reflect.deleteProperty(BareObject.prototype, 'constructor');
