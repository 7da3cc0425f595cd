import type { RecalledToken } from '../../machines/index.ts';
import type { Sasl2Inline } from '../../src/sasl/index.ts';
import { type Situation, TLS_13 } from './authentication-steps.ts';

/** The mechanisms for tokens that a server may offer (XEP-0484 §3.1). */
export const ALL_TOKENS = ['HT-SHA-256-NONE', 'HT-SHA-256-ENDP', 'HT-SHA-256-UNIQ', 'HT-SHA-256-EXPR'];

/** A server with SASL2, Bind 2 and tokens, over TLS 1.3; the client has the token for `mechanism`. */
export function withToken(mechanism: string | undefined, rest: Situation = {}): Situation {
  return {
    profile: 'sasl2',
    mechanisms: ['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'],
    lists: ['tls-exporter', 'tls-server-end-point'],
    inline: inline(ALL_TOKENS),
    channel: TLS_13,
    token: mechanism === undefined ? undefined : token(mechanism),
    ...rest,
  };
}

/** What can be done along with a login; tokens for these mechanisms among it. */
export function inline(fast: readonly string[] | undefined): Sasl2Inline {
  return { bind: [], sm: true, fast };
}

function token(mechanism: string): RecalledToken {
  return { mechanism, userAgent: 'of-the-token', inline: undefined };
}
