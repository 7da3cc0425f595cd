// What a process has: memory, and all that can be counted. Needs --expose-gc.

import { EventEmitter } from 'node:events';
import { readdirSync } from 'node:fs';
import { getHeapCodeStatistics, queryObjects } from 'node:v8';
import { Actor } from 'xstate';
import { Outgoing } from '../../dist/src/actors/outgoing.js';

/** Of what there must not be more and more. */
const KINDS = { Actor, Outgoing, EventEmitter };

/** Bytes of the heap in use, how many of them the compilers need, and what is open, once nothing is under way. */
export async function readGauge() {
  const heap = await restingHeap();
  const listeners = listenersOf([process, ...process._getActiveHandles()]);
  const resources = tally(process.getActiveResourcesInfo());
  return { heap, code: codeSize(), open: { listeners, resources, descriptors: descriptors() } };
}

/** How many objects of each kind there are, prototypes included. Slow: the whole heap is searched for each. */
export async function countObjects() {
  await restingHeap();
  return Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [name, queryObjects(kind)]));
}

/** The least of some readings: finalizers, and the events that tell of a socket's end, have turns of their own. */
async function restingHeap() {
  const readings = [];
  for (let round = 0; round < 5; round += 1) {
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc();
    readings.push(process.memoryUsage().heapUsed);
  }
  return Math.min(...readings);
}

/** V8 goes on compiling what runs often for thousands of cycles: that is on the heap too, and no leak. */
function codeSize() {
  const { code_and_metadata_size: code, bytecode_and_metadata_size: bytecode } = getHeapCodeStatistics();
  return code + bytecode;
}

/** How many functions listen to all of these together. */
function listenersOf(things) {
  const emitters = things.filter((thing) => thing instanceof EventEmitter);
  return emitters.flatMap((each) => each.eventNames().map((name) => each.listenerCount(name))).reduce(sum, 0);
}

/** The one that the directory is read with is always among them. */
function descriptors() {
  return readdirSync('/proc/self/fd').length;
}

function tally(names) {
  const counts = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function sum(one, other) {
  return one + other;
}
