import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import { parseElement } from './document.ts';
import type { Element } from './element.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { decodeReferences } from './references.ts';
import { escapeAttribute, escapeText, serialize } from './serializer.ts';
import { XmlError } from './xml-error.ts';

/**
 * An element as a JavaScript object: attributes as `@name` (declarations too: `@xmlns`), child elements as `name`, text as
 * `#text`. It has no prototype, so that no name of an element can reach one.
 */
export interface XmlObject {
  readonly [name: string]: XmlValue | undefined;
}

/** An element with attributes or child elements is an object, any other its text; several of one name are an array. */
export type XmlValue = string | XmlObject | readonly XmlValue[];

/** What {@link fromObject} takes: numbers and booleans become text, what is `undefined` or `null` is left out. */
export interface XmlObjectInput {
  readonly [name: string]: XmlInput;
}

/** A value in an {@link XmlObjectInput}. */
export type XmlInput = string | number | boolean | null | undefined | XmlObjectInput | readonly XmlInput[];

const ATTRIBUTE = '@';
const TEXT = '#text';
/** Put before names while fast-xml-parser has them: it refuses or renames elements such as `constructor`. */
const GUARD = ':';
const NAME = /^@?(?:[^\s:@#?!&<>"'=/]+:)?[^\s:@#?!&<>"'=/]+$/;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: ATTRIBUTE,
  textNodeName: TEXT,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  jPath: false,
  maxNestedTags: DEFAULT_LIMITS.maxDepth + 1,
  onDangerousProperty: (name) => name,
  // Called twice for empty elements.
  transformTagName: (name) => (name.startsWith(GUARD) ? name : GUARD + name),
  // Its own leaves references to characters alone.
  entityDecoder: {
    decode: decodeReferences,
    setExternalEntities: () => {},
    addInputEntities: () => {},
    setXmlVersion: () => {},
    reset: () => {},
  },
});

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: ATTRIBUTE,
  textNodeName: TEXT,
  // Values are escaped before it gets them.
  processEntities: false,
  suppressBooleanAttributes: false,
  suppressEmptyNode: true,
  format: false,
  maxNestedTags: DEFAULT_LIMITS.maxDepth + 1,
});

/**
 * An element as a JavaScript object with one property, its name: `{ nick: { '@xmlns': 'http://…/nick', '#text': 'Romeo' } }`.
 * For payloads whose child elements are fields, such as the items of PubSub. The order of children with different names,
 * and that of text among elements, is lost, as is white space between elements. Throws {@link XmlError} if elements are
 * nested more than 256 deep.
 */
export function toObject(element: Element): XmlObject {
  checkDepth(element, 1);
  return bare(parser.parse(serialize(element)));
}

/**
 * The element that an object with one property describes, the inverse of {@link toObject}. Throws {@link XmlError} for names
 * and characters that XML does not have, and for anything that is not one element.
 */
export function fromObject(object: XmlObjectInput): Element {
  const names = Object.keys(object);
  if (names.length !== 1) {
    throw new XmlError(
      'invalid-xml',
      `expected an object with one property, the name of the element, got ${names.length}`,
    );
  }
  return parseElement(builder.build(escaped(object, 0)));
}

/** A copy without prototype, guard, and white space between elements. */
function bare(source: Readonly<Record<string, unknown>>): XmlObject {
  const object: Record<string, XmlValue> = Object.create(null);
  const names = Object.keys(source);
  const hasElements = names.some((name) => name.startsWith(GUARD));
  for (const name of names) {
    const value = source[name];
    if (name === TEXT && hasElements && typeof value === 'string' && value.trim() === '') continue;
    object[name.startsWith(GUARD) ? name.slice(1) : name] = bareValue(value);
  }
  return object;
}

function bareValue(value: unknown): XmlValue {
  if (Array.isArray(value)) return value.map(bareValue);
  return isRecord(value) ? bare(value) : String(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** A copy of which the builder can make nothing but elements, attributes and text. */
function escaped(source: XmlObjectInput, depth: number): Record<string, unknown> {
  if (depth > DEFAULT_LIMITS.maxDepth) throw tooDeep();
  const object: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(source)) {
    if (name !== TEXT && !NAME.test(name)) {
      throw new XmlError(
        'invalid-xml',
        `expected a name, “@” and a name, or “${TEXT}”, got ${JSON.stringify(name.slice(0, 64))}`,
      );
    }
    const value = source[name];
    if (value === undefined || value === null) continue;
    object[name] = escapedValue(name, value, depth);
  }
  return object;
}

function escapedValue(name: string, value: Exclude<XmlInput, undefined | null>, depth: number): unknown {
  const isScalar = name === TEXT || name.startsWith(ATTRIBUTE);
  if (typeof value !== 'object')
    return isScalar && name !== TEXT ? escapeAttribute(String(value)) : escapeText(String(value));
  if (isScalar) throw new XmlError('invalid-xml', `expected a string for ${JSON.stringify(name)}, got an object`);
  if (!isList(value)) return escaped(value, depth + 1);
  const present = value.filter((item) => item !== undefined && item !== null);
  return present.map((item) => {
    if (typeof item === 'object' && isList(item))
      throw new XmlError('invalid-xml', `a list in a list for ${JSON.stringify(name)}`);
    return escapedValue(name, item, depth);
  });
}

function isList(value: XmlObjectInput | readonly XmlInput[]): value is readonly XmlInput[] {
  return Array.isArray(value);
}

function checkDepth(element: Element, depth: number): void {
  if (depth > DEFAULT_LIMITS.maxDepth) throw tooDeep();
  for (const child of element.children) if (typeof child !== 'string') checkDepth(child, depth + 1);
}

function tooDeep(): XmlError {
  return new XmlError(
    'policy-violation',
    `expected at most ${DEFAULT_LIMITS.maxDepth} elements inside each other, got more`,
  );
}
