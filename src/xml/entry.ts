/*
 * The door `xstate-xmpp/xml`: this folder's own, and the object view. That one loads fast-xml-parser, which takes longer
 * than the rest of the client; what does not need it imports `index.ts`.
 */

export { parseElement } from './document.ts';
export {
  type Attributes,
  type Child,
  childOf,
  childrenOf,
  childTextOf,
  createAttributes,
  type Element,
  element,
  firstChildOf,
  INHERITED,
  is,
  type Node,
  textOf,
} from './element.ts';
export { DEFAULT_LIMITS, type GivenXmlLimits, type XmlLimits } from './limits.ts';
export { NS_XML } from './namespaces.ts';
export { fromObject, toObject, type XmlInput, type XmlObject, type XmlObjectInput, type XmlValue } from './object.ts';
export { createTokenizer, parseStream, type XmlChunks } from './parse.ts';
export { escapeAttribute, escapeText, serialize } from './serializer.ts';
export type { StreamToken, Tokenizer } from './stream-token.ts';
export { type XmlCondition, XmlError } from './xml-error.ts';
