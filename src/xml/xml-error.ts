import { XmppError } from '../errors/index.ts';

/** What is wrong with XML: the stream error condition that answers it (RFC 6120 §4.9.3). */
export type XmlCondition =
  /** It breaks a rule of XML 1.0, or of Namespaces in XML other than those about prefixes. */
  | 'not-well-formed'
  /** A comment, processing instruction or document type declaration (RFC 6120 §11.1). */
  | 'restricted-xml'
  /** Text where the schema of streams allows none; in the serializer, data that no XML can express. */
  | 'invalid-xml'
  /** A prefix that is not declared, or a declaration of one that is reserved. */
  | 'bad-namespace-prefix'
  /** The bytes are no UTF-8, or the XML declaration names another encoding (RFC 6120 §11.6). */
  | 'unsupported-encoding'
  /** One of the {@link XmlLimits} is exceeded. */
  | 'policy-violation';

/** XML that this library refuses to read, or to write. The message says what was expected and what came. */
export class XmlError extends XmppError {
  override readonly name = 'XmlError';
  override readonly level = 'xml';
  declare readonly condition: XmlCondition;
  /**
   * Where it is wrong: UTF-16 code units of decoded text since the input began, line ends counted once.
   * `undefined` where nothing was read, as in the serializer.
   */
  readonly position: number | undefined;

  constructor(condition: XmlCondition, message: string, position?: number) {
    super(position === undefined ? message : `${message} (at character ${position})`, { condition });
    this.position = position;
  }
}
