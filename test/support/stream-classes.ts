import type { FailureClass } from '../../machines/index.ts';
import type { StreamErrorCondition } from '../../src/node.ts';

/** What a client does after each condition that RFC 6120 §4.9.3 defines. */
export const STREAM_CLASSES: Readonly<Record<StreamErrorCondition, FailureClass>> = {
  'bad-format': 'retry-elsewhere',
  'bad-namespace-prefix': 'retry-elsewhere',
  conflict: 'terminal',
  'connection-timeout': 'retry',
  'host-gone': 'retry-elsewhere',
  'host-unknown': 'retry-elsewhere',
  'improper-addressing': 'retry-elsewhere',
  'internal-server-error': 'retry',
  'invalid-from': 'retry-elsewhere',
  'invalid-namespace': 'retry-elsewhere',
  'invalid-xml': 'retry-elsewhere',
  'not-authorized': 'terminal',
  'not-well-formed': 'retry-elsewhere',
  'policy-violation': 'terminal',
  'remote-connection-failed': 'retry',
  reset: 'retry',
  'resource-constraint': 'retry',
  'restricted-xml': 'retry-elsewhere',
  // Without a host that could be followed.
  'see-other-host': 'retry-elsewhere',
  'system-shutdown': 'retry',
  'undefined-condition': 'retry',
  'unsupported-encoding': 'retry-elsewhere',
  'unsupported-feature': 'terminal',
  'unsupported-stanza-type': 'retry-elsewhere',
  'unsupported-version': 'retry-elsewhere',
};
