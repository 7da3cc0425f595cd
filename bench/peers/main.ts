// The process of one peer and one task: `node --expose-gc main.js <file of the peer> <task as JSON> [<Prosody as JSON>]`.

import process from 'node:process';
import { measure } from './measure.ts';
import type { Peer } from './peer.ts';

const [, , name = '', task = '', prosody] = process.argv;
const { peer }: { peer: Peer } = await import(`./${name}.js`);
const measures = await measure(peer, JSON.parse(task), prosody === undefined ? undefined : JSON.parse(prosody));
process.send?.({ title: peer.title, measures }, () => process.exit());
