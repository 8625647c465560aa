// The page must open fast on a slow phone: after a build, all its JavaScript is counted as it travels.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT_KB = 90;
const assets = new URL('../dist/assets/', import.meta.url);
const weigh = (extension) =>
  readdirSync(assets)
    .filter((name) => name.endsWith(extension))
    .reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, assets))).length, 0) / 1000;

const script = weigh('.js');
console.log(`JavaScript ${script.toFixed(1)} kB gzip (limit ${LIMIT_KB}), styles ${weigh('.css').toFixed(1)} kB gzip`);
if (script > LIMIT_KB) {
  console.error(`The chat page's JavaScript is over its limit of ${LIMIT_KB} kB gzip.`);
  process.exitCode = 1;
}
