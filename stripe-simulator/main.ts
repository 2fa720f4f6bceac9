import { parseArgs } from 'node:util'
import { startSimulator } from './simulator.ts'

const usage = `Usage: node stripe-simulator/main.ts [--port P] [--host H] [--data DIR] [--seed N]

  --port P    port to listen on (default 12111; 0 takes any)
  --host H    address to listen on (default 127.0.0.1)
  --data DIR  keep the state in this folder, so that it survives a restart
  --seed N    whole number; the same seed and requests give the same ids
`

function wholeNumber(name: string, text: string, most: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number <= most) return number
  process.stderr.write(`--${name} must be a whole number from 0 to ${most}, not '${text}'.\n\n${usage}`)
  process.exit(2)
}

function readArguments() {
  const options = {
    port: { type: 'string' },
    host: { type: 'string' },
    data: { type: 'string' },
    seed: { type: 'string' },
    help: { type: 'boolean' },
  } as const
  try {
    return parseArgs({ options }).values
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    process.exit(2)
  }
}

const given = readArguments()
if (given.help) {
  process.stdout.write(usage)
  process.exit(0)
}

const simulator = await startSimulator({
  port: wholeNumber('port', given.port ?? '12111', 65_535),
  host: given.host ?? '127.0.0.1',
  ...(given.data === undefined ? {} : { data: given.data }),
  seed: wholeNumber('seed', given.seed ?? '1', 0xffff_ffff),
}).catch((error: unknown) => {
  process.stderr.write(`The simulator could not start: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})

process.stdout.write(
  `Stripe simulator  ${simulator.url}\nAPI key           ${simulator.secretKey}  (any sk_test_… or sk_live_… does)\nControl API       ${simulator.url}/_control\n`,
)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void simulator.close().then(() => process.exit(0)))
}
