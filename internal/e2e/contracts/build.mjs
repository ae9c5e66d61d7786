// Compiles the contracts beside it to .abi and .bin files, which are committed,
// so that the tests need no Node. Run build.sh; it brings the compiler.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const solc = createRequire(join(process.env.SOLC_PREFIX, 'x.js'))('solc');
const sources = {};
for (const name of readdirSync(here).filter((n) => n.endsWith('.sol'))) {
  sources[name] = { content: readFileSync(join(here, name), 'utf8') };
}
const out = JSON.parse(solc.compile(JSON.stringify({
  language: 'Solidity',
  sources,
  settings: {
    evmVersion: 'paris', // runs on chains without PUSH0 too
    optimizer: { enabled: true, runs: 200 },
    metadata: { bytecodeHash: 'none' }, // the same bytes wherever it is built
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
  },
})));
for (const e of out.errors ?? []) console.error(e.formattedMessage);
if ((out.errors ?? []).some((e) => e.severity === 'error')) process.exit(1);
for (const file of Object.values(out.contracts)) {
  for (const [name, c] of Object.entries(file)) {
    if (c.evm.bytecode.object === '') continue; // interfaces and abstract contracts
    writeFileSync(join(here, name + '.abi'), JSON.stringify(c.abi, null, 1) + '\n');
    writeFileSync(join(here, name + '.bin'), c.evm.bytecode.object + '\n');
  }
}
