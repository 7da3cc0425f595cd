/** What another parser made of a document, up to its first comment, processing instruction or document type declaration. */
export type OracleReport =
  | {
      readonly outcome: 'accepted';
      /** In the form of {@link treeOf}. */
      readonly tree: string;
      readonly facts: OracleFacts;
    }
  | {
      readonly outcome: 'restricted';
      readonly by: string;
      readonly facts: OracleFacts;
    }
  | {
      readonly outcome: 'rejected';
      readonly complaint: string;
      /** The conditions that this complaint allows where all is text that XML has; any if there are none. */
      readonly conditions: readonly string[];
      /** Where: bytes for expat, UTF-16 code units for saxes. */
      readonly at: number;
      readonly facts: OracleFacts;
    };

/** What stood before the outcome. */
export interface OracleFacts {
  /** Whether there was content directly inside the root, other than elements and white space that is written as such. */
  readonly hasRootContent: boolean;
  /** The default namespace that the root declares; empty for none. */
  readonly contentNamespace: string;
  /** What the XML declaration says. */
  readonly encoding: string | undefined;
}
