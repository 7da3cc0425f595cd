import { encodeUtf8 } from './bytes.ts';
import type { Mechanism } from './mechanism.ts';
import { SaslError } from './sasl-error.ts';
import { createSingleMessageExchange } from './single-message.ts';

/**
 * ANONYMOUS (RFC 4505, XEP-0175): a guest, whom the server gives an address. Nobody proves anything. Sends trace information
 * only where the credentials have some: the operator reads it.
 */
export const anonymousMechanism: Mechanism = {
  name: 'ANONYMOUS',
  credential: 'none',
  binds: undefined,
  showsSecret: false,
  createExchange: ({ trace = '' }, options) =>
    createSingleMessageExchange('ANONYMOUS', options, async () => {
      if (TRACE.test(trace)) return { message: encodeUtf8(trace) };
      throw new SaslError(
        'The trace information of a guest has at most 255 characters, none of them control characters',
        {
          condition: 'invalid-credentials',
        },
      );
    }),
};

/** RFC 4505 §2. */
const TRACE = /^[^\p{Cc}\p{Cs}]{0,255}$/u;
