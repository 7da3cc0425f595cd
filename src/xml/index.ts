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
export { completeLimits, DEFAULT_LIMITS, type GivenXmlLimits, type XmlLimits } from './limits.ts';
export { NS_XML } from './namespaces.ts';
export { createTokenizer, parseStream, type XmlChunks } from './parse.ts';
export { escapeAttribute, escapeText, serialize } from './serializer.ts';
export type { StreamToken, Tokenizer } from './stream-token.ts';
export { type XmlCondition, XmlError } from './xml-error.ts';
