// What Stryker changes, and the tests that have to notice it.

import process from 'node:process';

const groups = {
  jid: {
    // Not the table of joining types, which is Unicode's.
    mutate: ['src/jid/*.ts', '!src/jid/joining-types.ts'],
    tests: [/^test\/jid\/[^/]+\.test\.ts$/],
  },
  sasl: {
    mutate: ['src/sasl/*.ts'],
    tests: [
      // Not the one that asks about each code point there is.
      /^test\/sasl\/(?!saslprep-library)[^/]+\.test\.ts$/,
      // Not the one that replaces a module.
      /^test\/actors\/(?:exchange(?!\.unloaded)|sasl-element)[^/]*\.test\.ts$/,
    ],
  },
  xml: {
    mutate: ['src/xml/*.ts'],
    tests: [
      // Not those that take seconds: memory and time, all pairs of pieces cut at every index, thousands of documents.
      /^test\/xml\/(?!memory|usual-spelling\.pairs|document\.property|properties)[^/]+\.test\.ts$/,
    ],
  },
  management: {
    mutate: [
      'src/stream/ledger.ts',
      'src/payloads/stream-management.ts',
      'machines/client.management.ts',
      'src/actors/ack-requests.ts',
      'src/actors/outbox.ts',
      'src/actors/outbox-record.ts',
      'src/actors/restored-stanzas.ts',
      'src/actors/session-record.ts',
      'src/actors/unacknowledged.ts',
    ],
    tests: [
      /^test\/stream\/ledger\.test\.ts$/,
      /^test\/payloads\/stream-management\.test\.ts$/,
      /^test\/actors\/(?:ack-requests|outbox|restored-stanzas|router\.management|session-keeper|session-record)[^/]*\.test\.ts$/,
      /^test\/machines\/(?:client\.(?:management|restoring|sasl2)|session\.)[^/]*\.test\.ts$/,
    ],
  },
};

export const group = process.env.MUTATED ?? 'jid';
if (!(group in groups)) throw new Error(`MUTATED is one of ${Object.keys(groups).join(', ')}`);
export const { mutate, tests } = groups[group];
