// Starts a simulator, runs a conformance script against it as `node SCRIPT BASE_URL API_KEY …`, and ends with its exit code.
//   node stripe-simulator/judged-by.ts SCRIPT [more arguments for it]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startSimulator } from './simulator.ts'

const [script, ...more] = process.argv.slice(2)
if (script === undefined) {
  process.stderr.write('Usage: node stripe-simulator/judged-by.ts SCRIPT [arguments]\n')
  process.exit(2)
}

const simulator = await startSimulator()
const judge = spawn(process.execPath, [script, simulator.url, simulator.secretKey, ...more], {
  stdio: 'inherit',
})
const [code] = (await once(judge, 'exit')) as [number | null]
await simulator.close()
process.exitCode = code ?? 1
