import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { CLIENT_TOURS } from '../../src/testing/verify/client/index.ts';
import { isDeviation } from '../../src/testing/verify/index.ts';
import { describeWith } from '../support/server-suite.ts';
import { describeClient } from './conformance.clients.ts';
import { SLIXMPP, STROPHE_JS, XMPP_JS } from './conformance.explanations.ts';

const CLIENTS = ['xstate-xmpp', 'xmpp-js', 'strophe-js', 'slixmpp'];
const NODE = process.execPath;
/** Debian's packages are for Debian's Python; another may come first in `PATH`. */
const PYTHON = '/usr/bin/python3';

describe('xstate-xmpp', () => {
  const verified = describeClient({
    name: 'xstate-xmpp',
    program: NODE,
    adapter: 'xstate-xmpp.mjs',
    explanations: {},
  });

  test('does all that the specifications ask for, and every move is made', () => {
    expect(verified().findings.filter(isDeviation)).toEqual([]);
    expect(verified().omitted).toEqual([]);
  });
});

describe('xmpp.js', () => {
  describeClient({ name: 'xmpp-js', program: NODE, adapter: 'xmpp-js.mjs', explanations: XMPP_JS });
});

describe('strophe.js', () => {
  describeClient({
    name: 'strophe-js',
    program: NODE,
    adapter: 'strophe.mjs',
    over: 'websocket',
    explanations: STROPHE_JS,
  });
});

describeWith('python3-slixmpp', 'slixmpp', () => {
  describeClient({ name: 'slixmpp', program: PYTHON, adapter: 'slixmpp_client.py', explanations: SLIXMPP });
});

test('no page says what came of a tour about trust', () => {
  const folder = join(import.meta.dirname, '../../docs/conformance');
  const pages = readdirSync(folder)
    .filter((name) => CLIENTS.some((client) => name.startsWith(`${client}.`)))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const trusted = CLIENT_TOURS.filter(({ group }) => group === 'trust').flatMap(({ moves }) => moves);
  expect(pages.length).toBe(2 * CLIENTS.length);
  expect(trusted.length).toBeGreaterThan(15);
  const said = pages.flatMap((page) =>
    trusted.filter((move) => page.includes(`\`${move}\``) || page.includes(`${move}: `)),
  );
  expect(said).toEqual([]);
});
