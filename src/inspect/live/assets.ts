import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { CHART_STYLES } from '../graph/index.ts';
import { builtFile, sourceFile } from './built.ts';

/** A file of the page. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

/** What a page may be made of. Programs exist only as the compiler wrote them. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Reads the page of the inspector into memory: what is not in this list is served to nobody. Empty but for the colours of charts
 * where the page was not built.
 */
export async function readAssets(): Promise<ReadonlyMap<string, Asset>> {
  const assets = new Map<string, Asset>();
  // What stands in both is taken from where it was built.
  for (const folder of [sourceFile('page'), builtFile('page')]) {
    for (const name of await namesIn(folder)) {
      const type = TYPES[extname(name)];
      if (type !== undefined) assets.set(name, { type, body: await readFile(join(folder, name)) });
    }
  }
  assets.set('chart.css', { type: 'text/css; charset=utf-8', body: Buffer.from(CHART_STYLES) });
  const index = assets.get('index.html');
  if (index) assets.set('', index);
  return assets;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
