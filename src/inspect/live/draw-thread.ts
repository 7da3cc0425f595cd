import { parentPort, workerData } from 'node:worker_threads';
import { renderSvg } from '../graph/index.ts';

// The program of the thread that `draw.ts` starts: draws the chart it is given, and ends.
parentPort?.postMessage(await renderSvg(workerData, { styles: false }));
