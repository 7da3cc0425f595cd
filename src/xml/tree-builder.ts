import { createAttributes, type Element, type Node } from './element.ts';
import type { Budget, XmlLimits } from './limits.ts';
import type { QualifiedName } from './names.ts';
import { checkDefaultNamespace, PrefixScope } from './namespaces.ts';
import { XmlError } from './xml-error.ts';

/** An element that is open: its children may still come. */
interface OpenElement {
  name: string;
  element: Element;
  children: Node[];
  defaultNamespace: string;
  /** Prefixes that were declared around it. */
  prefixes: number;
}

const NO_ATTRIBUTES: Record<string, string | undefined> = Object.freeze(createAttributes());
const NO_CHILDREN: Node[] = [];
const NOTHING: Element = { name: '', namespace: '', attributes: NO_ATTRIBUTES, children: NO_CHILDREN };

/** Makes elements of tags and text: resolves prefixes, refuses attributes given twice, keeps to the limits. */
export class TreeBuilder {
  /** Elements that are open. */
  depth = 0;
  private readonly open: OpenElement[] = [];
  private readonly scope: PrefixScope;
  private readonly limits: XmlLimits;
  private readonly budget: Budget;
  /** Elements up to this depth are not kept by those around them: 1 in a stream, whose root never ends. */
  private readonly detachedDepth: number;

  private attributes = NO_ATTRIBUTES;
  private attributeCount = 0;
  private declaredDefault: string | undefined;
  private outerPrefixes = 0;
  /** Attributes with a prefix, which may be declared behind them. */
  private readonly prefixedNames: QualifiedName[] = [];
  private readonly prefixedValues: string[] = [];

  constructor(limits: XmlLimits, budget: Budget, detachedDepth: number) {
    this.limits = limits;
    this.budget = budget;
    this.scope = new PrefixScope(limits.maxPrefixes);
    this.detachedDepth = detachedDepth;
  }

  /** Qualified name of the innermost open element, as its end tag must repeat it. */
  get openName(): string {
    return this.open[this.depth - 1]?.name ?? '';
  }

  /** Default namespace at this place. */
  get defaultNamespace(): string {
    return this.depth === 0 ? '' : (this.open[this.depth - 1]?.defaultNamespace ?? '');
  }

  addAttribute(name: QualifiedName, value: string): void {
    if (++this.attributeCount > this.limits.maxAttributes) {
      throw new XmlError('policy-violation', `expected at most ${this.limits.maxAttributes} attributes, got more`);
    }
    const { prefix } = name;
    if (prefix === '' && name.text !== 'xmlns') this.setAttribute(name.text, value, name);
    else if (prefix === 'xml') this.setAttribute(name.text, value, name);
    else if (prefix === '') this.declareDefault(value);
    else if (prefix === 'xmlns') this.scope.declare(name.local, value, this.outerPrefixes);
    else {
      this.prefixedNames.push(name);
      this.prefixedValues.push(value);
    }
  }

  /** The start tag is complete: its element is open until {@link leave}. */
  enter(name: QualifiedName): Element {
    if (this.prefixedNames.length > 0) this.resolveAttributes();
    const defaultNamespace = this.declaredDefault ?? this.defaultNamespace;
    const namespace = name.prefix === '' ? defaultNamespace : this.scope.resolve(name.prefix);
    const children: Node[] = [];
    const element: Element = { name: name.local, namespace, attributes: this.attributes, children };
    const { depth } = this;
    if (depth - this.detachedDepth >= this.limits.maxDepth) {
      throw new XmlError(
        'policy-violation',
        `expected at most ${this.limits.maxDepth} elements inside each other, got more`,
      );
    }
    if (depth > this.detachedDepth) this.open[depth - 1]?.children.push(element);
    this.push(name.text, element, children, defaultNamespace);
    this.attributes = NO_ATTRIBUTES;
    this.attributeCount = 0;
    this.declaredDefault = undefined;
    this.outerPrefixes = this.scope.size;
    return element;
  }

  addText(text: string): void {
    this.open[this.depth - 1]?.children.push(text);
  }

  /** The end tag of the innermost element came. */
  leave(): Element {
    const frame = this.open[--this.depth];
    if (frame === undefined) return NOTHING;
    const { element } = frame;
    frame.element = NOTHING;
    frame.children = NO_CHILDREN;
    if (this.scope.size !== frame.prefixes) {
      this.scope.shrink(frame.prefixes);
      this.outerPrefixes = frame.prefixes;
    }
    return element;
  }

  clear(): void {
    this.depth = 0;
    this.open.length = 0;
    this.scope.shrink(0);
    this.attributes = NO_ATTRIBUTES;
    this.attributeCount = 0;
    this.declaredDefault = undefined;
    this.outerPrefixes = 0;
    this.prefixedNames.length = 0;
    this.prefixedValues.length = 0;
  }

  private push(name: string, element: Element, children: Node[], defaultNamespace: string): void {
    const prefixes = this.outerPrefixes;
    const frame = this.open[this.depth++];
    if (frame === undefined) {
      this.open.push({ name, element, children, defaultNamespace, prefixes });
      return;
    }
    frame.name = name;
    frame.element = element;
    frame.children = children;
    frame.defaultNamespace = defaultNamespace;
    frame.prefixes = prefixes;
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
