// A test runner for Stryker. That of Vitest begins a thread for each mutant and loads everything anew, which takes most of the
// time. Here each file of tests is bundled once, with the code that it tests, and the bundle is run again for each mutant: so
// nothing is left of the last one, also in what is computed when a module is loaded.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import process from 'node:process';
import { Script } from 'node:vm';
import { build } from 'esbuild';
import { tests } from './groups.mjs';
import { collectTests, runTests, TestTimeout } from './suite.mjs';

const require = createRequire(import.meta.url);

// The same examples each time, so that the figures are; and no search for the smallest, since nobody reads it. What the bundles
// load is the same module.
require('fast-check').configureGlobal({ seed: 1, endOnFailure: true });

/** Where the code that Stryker changed looks for the number of the mutant, and writes down what was run. */
globalThis.__stryker__ ??= {};
const stryker = globalThis.__stryker__;

/** What the first run showed, for the processes that Stryker begins where a mutant ran in a circle in another one. */
const NOTES = 'bundles.json';

export const strykerPlugins = [{ kind: 'TestRunner', name: 'bundles', factory: () => new BundleRunner() }];

class BundleRunner {
  /** In the order in which they are run: the quick ones first. */
  #bundles = [];
  /** What was thrown where no test could catch it. */
  #stray = [];

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    process.on('uncaughtException', (error) => this.#stray.push(error));
    process.on('unhandledRejection', (error) => this.#stray.push(error));
    this.#bundles = await bundle(testFiles());
    if (existsSync(NOTES)) this.#recall(JSON.parse(readFileSync(NOTES, 'utf8')));
  }

  async dryRun() {
    stryker.activeMutant = undefined;
    stryker.hitCount = undefined;
    stryker.mutantCoverage = { static: {}, perTest: {} };
    const results = [];
    for (const each of this.#bundles) {
      const begin = performance.now();
      const before = { ...stryker.mutantCoverage.static };
      const suite = load(each);
      each.covers = changedKeys(before, stryker.mutantCoverage.static);
      await runTests(
        suite,
        () => true,
        async (id, run) => {
          each.first ??= id;
          results.push(await this.#runInDryRun(id, run, each.file));
          for (const mutant of Object.keys(stryker.mutantCoverage.perTest[id] ?? {})) each.covers.add(mutant);
        },
      );
      each.time = performance.now() - begin;
    }
    const notes = this.#bundles.map(({ file, first, covers, time }) => ({ file, first, covers: [...covers], time }));
    writeFileSync(NOTES, JSON.stringify(notes));
    this.#recall(notes);
    return { status: 'complete', tests: results, mutantCoverage: stryker.mutantCoverage };
  }

  #recall(notes) {
    for (const { file, first, covers, time } of notes) {
      const bundle = this.#bundles.find((each) => each.file === file);
      Object.assign(bundle, { first, covers: new Set(covers), time });
    }
    this.#bundles.sort((a, b) => a.time - b.time);
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation }) {
    const isStatic = mutantActivation === 'static';
    const wanted = testFilter && new Set(testFilter);
    stryker.hitCount = 0;
    stryker.hitLimit = hitLimit;
    this.#stray.length = 0;
    const count = { tests: 0 };
    for (const each of this.#bundles) {
      if (wanted ? !testFilter.some((id) => id.startsWith(`${each.file} > `)) : !each.covers.has(activeMutant.id))
        continue;
      const killed = await this.#runFile(each, wanted, isStatic ? activeMutant.id : undefined, activeMutant.id, count);
      if (stryker.hitCount > hitLimit) return { status: 'timeout', reason: 'It runs in a circle' };
      if (killed) return { ...killed, nrOfTests: count.tests };
    }
    return { status: 'survived', nrOfTests: count.tests };
  }

  async #runInDryRun(id, run, fileName) {
    const begin = performance.now();
    const result = { id, name: id, fileName, status: 0 };
    stryker.currentTestId = id;
    try {
      await run();
      await settle();
      if (this.#stray.length > 0) throw this.#stray.shift();
    } catch (error) {
      Object.assign(result, { status: 1, failureMessage: String(error?.stack ?? error) });
    }
    stryker.currentTestId = undefined;
    return { ...result, timeSpentMs: performance.now() - begin };
  }

  /** Whether the tests of a file notice the mutant, and which. */
  async #runFile(bundle, wanted, whileLoading, mutant, count) {
    let failed = bundle.first;
    try {
      stryker.activeMutant = whileLoading;
      const suite = load(bundle);
      stryker.activeMutant = mutant;
      await runTests(
        suite,
        (id) => !wanted || wanted.has(id),
        async (id, run) => {
          failed = id;
          count.tests += 1;
          await run();
        },
      );
      await settle();
      if (this.#stray.length > 0) throw this.#stray[0];
      return undefined;
    } catch (error) {
      if (error instanceof TestTimeout) return { status: 'timeout', reason: `${failed} waits for what never comes` };
      return { status: 'killed', killedBy: [failed], failureMessage: String(error?.message ?? error) };
    } finally {
      stryker.activeMutant = undefined;
    }
  }
}

function testFiles() {
  const all = readdirSync('test', { recursive: true }).map((name) => `test/${name.replaceAll('\\', '/')}`);
  return all.filter((name) => tests.some((pattern) => pattern.test(name))).sort();
}

async function bundle(files) {
  const { outputFiles, metafile } = await build({
    entryPoints: files,
    absWorkingDir: process.cwd(),
    bundle: true,
    write: false,
    outdir: 'bundles',
    format: 'cjs',
    platform: 'node',
    packages: 'external',
    supported: { 'dynamic-import': false },
    metafile: true,
    logLevel: 'error',
  });
  const made = Object.entries(metafile.outputs);
  return outputFiles.map(({ path, text }) => {
    const [, { entryPoint: file }] = made.find(([name]) => resolve(name) === path);
    const script = new Script(`(function (require, module, exports) {${text}\n})`, { filename: path });
    return { file, script, requirePackage: createRequire(resolve(file)), covers: new Set(), time: 0 };
  });
}

/** Runs a bundle, with all modules in it; packages are loaded once. */
function load({ file, script, requirePackage }) {
  return collectTests(file, (vitest) => {
    const module = { exports: {} };
    script.runInThisContext()((name) => (name === 'vitest' ? vitest : requirePackage(name)), module, module.exports);
  });
}

function changedKeys(before, after) {
  return new Set(Object.keys(after).filter((key) => after[key] !== before[key]));
}

/** What was thrown in a turn of its own, or rejected and not caught, is known after the next one. */
function settle() {
  return new Promise((done) => setTimeout(done, 0));
}
