// What Vitest does with a file of tests, as far as the tests of mutated code need it: to load it and to run some of its tests,
// thousands of times in one process.

import { expect, vi } from 'vitest';

/** No test takes nearly as long, unless it waits for what never comes. */
const TIMEOUT = 5000;

/** Thrown where a test took longer than it may. */
export class TestTimeout extends Error {}

/** Collects the tests that `load` defines by means of what it is given: that is Vitest for it. */
export function collectTests(file, load) {
  const root = suiteOf(file);
  let current = root;

  function describe(name, define) {
    const suite = suiteOf(name, current);
    current.children.push(suite);
    current = suite;
    try {
      define();
    } finally {
      current = suite.parent;
    }
  }

  function test(name, ...rest) {
    const run = rest.find((each) => typeof each === 'function');
    current.children.push({ id: uniqueName(current, name), run });
  }

  function each(define) {
    return (rows) => (name, run) => {
      for (const [index, row] of rows.entries()) {
        const parameters = Array.isArray(row) ? row : [row];
        define(`${name} (${index})`, () => run(...parameters));
      }
    };
  }

  const hook = (name) => (run) => void current[name].push(run);
  load({
    expect,
    vi,
    describe: Object.assign(describe, { each: each(describe) }),
    test: Object.assign(test, { each: each(test) }),
    it: test,
    beforeAll: hook('beforeAll'),
    afterAll: hook('afterAll'),
    beforeEach: hook('beforeEach'),
    afterEach: hook('afterEach'),
  });
  return root;
}

/** Runs those tests that `runTest` is to run, with all that is to be done before and after them. */
export async function runTests(suite, isWanted, runTest) {
  const children = suite.children.filter((child) => includesWanted(child, isWanted));
  if (children.length === 0) return;
  for (const run of suite.beforeAll) await run();
  for (const child of children) {
    if (child.children) await runTests(child, isWanted, runTest);
    else await runTest(child.id, () => runOne(suite, child.run));
  }
  for (const run of suite.afterAll) await run();
}

async function runOne(suite, run) {
  const all = [];
  for (let each = suite; each; each = each.parent) all.unshift(each);
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new TestTimeout('The test takes too long')), TIMEOUT);
  });
  try {
    await Promise.race([late, whole(all, run)]);
  } finally {
    clearTimeout(timer);
  }
}

async function whole(suites, run) {
  for (const suite of suites) for (const before of suite.beforeEach) await before();
  try {
    await run();
  } finally {
    for (const suite of suites.toReversed()) for (const after of suite.afterEach) await after();
  }
}

function includesWanted(child, isWanted) {
  return child.children ? child.children.some((each) => includesWanted(each, isWanted)) : isWanted(child.id);
}

function suiteOf(name, parent) {
  const path = parent ? uniqueName(parent, name) : name;
  return {
    name: path,
    parent,
    names: new Set(),
    children: [],
    beforeAll: [],
    afterAll: [],
    beforeEach: [],
    afterEach: [],
  };
}

function uniqueName(suite, name) {
  let path = `${suite.name} > ${name}`;
  while (suite.names.has(path)) path += ' again';
  suite.names.add(path);
  return path;
}
