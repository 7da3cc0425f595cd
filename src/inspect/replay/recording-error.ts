import { XmppError, type XmppErrorDetails } from '../../errors/index.ts';

/** What was given is no recording that can be read here. */
export class RecordingError extends XmppError {
  override readonly name = 'RecordingError';
  override readonly level = 'recording';
  /** `damaged`: no JSON, or cut short. `foreign`: JSON of another kind. `version`: made by a version whose recordings are others. */
  declare readonly condition: 'damaged' | 'foreign' | 'version';

  constructor(message: string, details: XmppErrorDetails & { readonly condition: RecordingError['condition'] }) {
    super(message, details);
  }
}
