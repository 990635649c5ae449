// Runs scripts in just-bash over a copy of a folder in its memory: one line of JSON in, one out, so that only the script is timed.
//   node just-bash.mjs NODE_MODULES FOLDER
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [modules, folder] = process.argv.slice(2);
const { Bash } = await import(pathToFileURL(join(modules, 'just-bash/dist/bundle/index.js')));
const files = {};
const walk = (dir) => {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) walk(path);
    else files['/work/' + relative(folder, path)] = new Uint8Array(readFileSync(path));
  }
};
walk(folder);
const huge = 1e12;
const limits = Object.fromEntries([
  'maxSourceBytes', 'maxCommandCount', 'maxLoopIterations', 'maxAwkIterations', 'maxSedIterations', 'maxJqIterations', 'maxQueryElements',
  'maxWorkUnits', 'maxTraversalEntries', 'maxTraversalWork', 'maxLiveBytes', 'maxInputBytes', 'maxFileSystemBytes', 'maxOutputSize', 'maxStringLength',
].map((name) => [name, huge]));
const bash = new Bash({ files, cwd: '/work', env: { LC_ALL: 'C' }, executionLimits: limits });
console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  const { script } = JSON.parse(line);
  const begun = performance.now();
  const { exitCode, stderr, stdout } = await bash.exec(script);
  console.log(JSON.stringify({ ms: performance.now() - begun, exitCode, stderr: stderr.slice(0, 200), bytes: stdout.length }));
}
