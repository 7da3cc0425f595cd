import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { type ChartGraph, renderSvg } from '../graph/index.ts';
import { builtFile } from './built.ts';

/** Milliseconds for a picture: a machine may have thousands of states. */
const PATIENCE = 60_000;

/**
 * Draws a chart, in a thread of its own: to find a place for everything takes long enough to be missed by a client that is busy.
 * Rejects where it cannot be drawn.
 */
export function drawChart(graph: ChartGraph): Promise<string> {
  const program = builtFile('live/draw-thread.js');
  // Who bundled this library, or runs its sources, has no such file.
  return existsSync(program) ? drawApart(program, graph) : renderSvg(graph, { styles: false });
}

function drawApart(program: string, graph: ChartGraph): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    const thread = new Worker(program, { workerData: graph, execArgv: [] });
    thread.unref();
    const timer = setTimeout(() => void thread.terminate(), PATIENCE);
    timer.unref();
    thread.on('message', resolve);
    thread.on('error', reject);
    thread.on('exit', () => {
      clearTimeout(timer);
      reject(new Error('it took too long, or too much memory'));
    });
  });
}
