import type { Budget } from './budget.ts';
import { type Attributes, createAttributes, type Element, type Node } from './element.ts';
import type { XmlLimits } from './limits.ts';
import { DEFAULT_DECLARATION, PLAIN, PREFIX_DECLARATION, type QualifiedName } from './names.ts';
import { checkDefaultNamespace, PrefixScope } from './namespaces.ts';
import { XmlError } from './xml-error.ts';

/** An element whose children may still come. */
interface Growing extends Element {
  children: Node[];
}

/** An element that is open, in a chain: links are kept for the elements to come. */
interface OpenElement {
  /** Qualified name, as its end tag must repeat it. */
  name: string;
  element: Growing;
  defaultNamespace: string;
  /** Prefixes that were declared around it. */
  prefixes: number;
  readonly outer: OpenElement | undefined;
  inner: OpenElement | undefined;
}

/** Depth inside the root of a stream, which never ends: it does not keep what is in it. */
export const ROOT_DEPTH = 1;

export const NO_ATTRIBUTES: Record<string, string | undefined> = Object.freeze(createAttributes());
/** Stands for the children of an element that has none yet; never delivered. */
const NO_CHILDREN: Node[] = [];
const NOTHING: Growing = { name: '', namespace: '', attributes: NO_ATTRIBUTES, children: NO_CHILDREN };

/** Makes elements of tags and text: resolves prefixes, refuses attributes given twice, keeps to the limits. */
export class TreeBuilder {
  /** Elements that are open. */
  depth = 0;
  private open: OpenElement = createOpen(undefined);
  private readonly scope: PrefixScope;
  private readonly limits: XmlLimits;
  private readonly budget: Budget;

  private attributes = NO_ATTRIBUTES;
  private attributeCount = 0;
  private declaredDefault: string | undefined;
  private outerPrefixes = 0;
  /** Attributes with a prefix, which may be declared behind them. */
  private readonly prefixedNames: QualifiedName[] = [];
  private readonly prefixedValues: string[] = [];

  constructor(limits: XmlLimits, budget: Budget) {
    this.limits = limits;
    this.budget = budget;
    this.scope = new PrefixScope(limits.maxPrefixes);
  }

  /** Qualified name of the innermost open element, as its end tag must repeat it. */
  get openName(): string {
    return this.open.name;
  }

  /** Default namespace at this place. */
  get defaultNamespace(): string {
    return this.open.defaultNamespace;
  }

  addAttribute(name: QualifiedName, value: string): void {
    if (++this.attributeCount > this.limits.maxAttributes) {
      throw new XmlError('policy-violation', `expected at most ${this.limits.maxAttributes} attributes, got more`);
    }
    if (name.role === PLAIN) this.setAttribute(name.text, value, name);
    else if (name.role === DEFAULT_DECLARATION) this.declareDefault(value);
    else if (name.role === PREFIX_DECLARATION) this.scope.declare(name.local, value, this.outerPrefixes);
    else {
      this.prefixedNames.push(name);
      this.prefixedValues.push(value);
    }
  }

  /** The start tag is complete: its element is open until {@link leave}. */
  enter(name: QualifiedName): Element {
    if (this.prefixedNames.length > 0) this.resolveAttributes();
    const defaultNamespace = this.declaredDefault ?? this.open.defaultNamespace;
    const namespace = name.prefix === '' ? defaultNamespace : this.scope.resolve(name.prefix);
    const element = this.push(name, namespace, defaultNamespace, this.attributes);
    this.attributes = NO_ATTRIBUTES;
    this.attributeCount = 0;
    this.declaredDefault = undefined;
    this.outerPrefixes = this.scope.size;
    return element;
  }

  /** The same for a tag without prefixes, with its attributes and the default namespace that it declares. */
  enterPlain(name: QualifiedName, attributes: Attributes, declaredDefault: string | undefined): void {
    const namespace = declaredDefault ?? this.open.defaultNamespace;
    this.push(name, namespace, namespace, attributes);
  }

  /** Whether an element fits here that is kept by the one around it. */
  get mayAddLeaf(): boolean {
    const inside = this.depth - ROOT_DEPTH;
    return inside > 0 && inside < this.limits.maxDepth;
  }

  /** {@link enterPlain}, {@link addText} unless there is none, and {@link leave} in one. */
  addLeaf(name: QualifiedName, attributes: Attributes, declaredDefault: string | undefined, text: string): void {
    const { element, defaultNamespace } = this.open;
    const namespace = declaredDefault ?? defaultNamespace;
    addChild(element, { name: name.local, namespace, attributes, children: text === '' ? [] : [text] });
  }

  addText(text: string): void {
    addChild(this.open.element, text);
  }

  private push(name: QualifiedName, namespace: string, defaultNamespace: string, attributes: Attributes): Element {
    const { open, depth } = this;
    const element: Growing = { name: name.local, namespace, attributes, children: NO_CHILDREN };
    if (depth - ROOT_DEPTH >= this.limits.maxDepth) {
      throw new XmlError(
        'policy-violation',
        `expected at most ${this.limits.maxDepth} elements inside each other, got more`,
      );
    }
    if (depth > ROOT_DEPTH) addChild(open.element, element);
    else if (depth < ROOT_DEPTH) element.children = [];
    const inner = open.inner ?? createOpen(open);
    inner.name = name.text;
    inner.element = element;
    inner.defaultNamespace = defaultNamespace;
    inner.prefixes = this.outerPrefixes;
    this.open = inner;
    this.depth = depth + 1;
    return element;
  }

  /** The end tag of the innermost element came. */
  leave(): Element {
    const { open } = this;
    const { element, prefixes, outer } = open;
    if (outer === undefined) return NOTHING;
    this.depth--;
    this.open = outer;
    open.element = NOTHING;
    if (element.children === NO_CHILDREN) element.children = [];
    if (this.scope.size !== prefixes) {
      this.scope.shrink(prefixes);
      this.outerPrefixes = prefixes;
    }
    return element;
  }

  clear(): void {
    this.depth = 0;
    this.open = createOpen(undefined);
    this.scope.shrink(0);
    this.attributes = NO_ATTRIBUTES;
    this.attributeCount = 0;
    this.declaredDefault = undefined;
    this.outerPrefixes = 0;
    this.prefixedNames.length = 0;
    this.prefixedValues.length = 0;
  }

  private setAttribute(key: string, value: string, name: QualifiedName): void {
    if (this.attributes === NO_ATTRIBUTES) this.attributes = createAttributes();
    else if (this.attributes[key] !== undefined) {
      throw new XmlError('not-well-formed', `expected every attribute once, got ${name.text} twice`);
    }
    this.attributes[key] = value;
  }

  private declareDefault(namespace: string): void {
    if (this.declaredDefault !== undefined)
      throw new XmlError('not-well-formed', 'two declarations of a default namespace');
    checkDefaultNamespace(namespace);
    this.declaredDefault = namespace;
  }

  private resolveAttributes(): void {
    for (let at = 0; at < this.prefixedNames.length; at++) {
      const name = this.prefixedNames[at];
      if (name === undefined) continue;
      const namespace = this.scope.resolve(name.prefix);
      this.budget.charge(namespace.length);
      this.setAttribute(`{${namespace}}${name.local}`, this.prefixedValues[at] ?? '', name);
    }
    this.prefixedNames.length = 0;
    this.prefixedValues.length = 0;
  }
}

/** One child needs an array of one; V8 makes the first push onto an empty array one of seventeen. */
function addChild(parent: Growing, child: Node): void {
  if (parent.children === NO_CHILDREN) parent.children = [child];
  else parent.children.push(child);
}

function createOpen(outer: OpenElement | undefined): OpenElement {
  const open: OpenElement = {
    name: '',
    element: NOTHING,
    defaultNamespace: '',
    prefixes: 0,
    outer,
    inner: undefined,
  };
  if (outer !== undefined) outer.inner = open;
  return open;
}
