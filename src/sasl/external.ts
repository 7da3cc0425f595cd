import { encodeUtf8 } from './bytes.ts';
import type { Mechanism } from './mechanism.ts';
import { prepare } from './prepare.ts';
import { createSingleMessageExchange } from './single-message.ts';

/**
 * EXTERNAL (RFC 4422 appendix A): who the client is says its certificate, which it showed in the TLS handshake (RFC 6120
 * §6.3.4, XEP-0178). Sends no secret; an absent authorization identity leaves it to the server to derive it.
 */
export const externalMechanism: Mechanism = {
  name: 'EXTERNAL',
  credential: 'certificate',
  binds: 'inherent',
  showsSecret: false,
  createExchange: ({ authzid }, options) =>
    createSingleMessageExchange('EXTERNAL', options, async () => ({
      message: encodeUtf8(authzid ? await prepare(authzid, 'authorization identity') : ''),
    })),
};
