import { jidTarget, uriTarget } from './jid-target.ts';
import { countTarget, ledgerTarget } from './ledger-target.ts';
import { elementTarget, secretTarget } from './negotiation-targets.ts';
import { scramClientTarget, scramFinalTarget, scramFirstTarget } from './scram-targets.ts';
import { serializerTarget } from './serializer-target.ts';
import type { Target } from './target.ts';
import { limitsTarget, restartTarget, textTarget } from './tokenizer-targets.ts';

/** Everything that gets random inputs, beside the parsers that are compared with others. */
export const TARGETS: readonly Target[] = [
  textTarget,
  limitsTarget,
  restartTarget,
  serializerTarget,
  scramFirstTarget,
  scramFinalTarget,
  scramClientTarget,
  jidTarget,
  uriTarget,
  ledgerTarget,
  countTarget,
  elementTarget,
  secretTarget,
];
