// npm run sim:mutants -- [--only NAME,…] [--seconds S] [--keep]
// Plants one mistake after the other into a copy of the program and says which ones the histories find. One that survives is a
// hole in the checker. With --keep the history that found it is shrunk and kept in sim/corpus/.
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, existsSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { mutants, type Mutant } from './mutants.ts'
import { makeTemplate, startPostgres } from './server.ts'

const { values } = parseArgs({
  options: { only: { type: 'string' }, seconds: { type: 'string' }, keep: { type: 'boolean' } },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const seconds = Number(values.seconds ?? 20)
const begun = performance.now()
const chosen = mutants.filter(({ name }) => values.only === undefined || values.only.split(',').includes(name))
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'moneyback-mutants-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

type Result = { readonly mutant: Mutant; readonly found: string | undefined; readonly seconds: number }

/** A copy of the program with the mistake in it. Throws when an edit does not fit exactly once. */
function plant({ name, edits }: Mutant): string {
  const copy = join(folder, name)
  mkdirSync(copy)
  for (const part of ['src', 'sim', 'stripe-simulator', 'migrations', 'package.json'])
    cpSync(join(root, part), join(copy, part), {
      recursive: true,
      filter: (from) => !/\/src\/web|\.test\.ts$/.test(from),
    })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const { file, find, replace } of edits) {
    const text = readFileSync(join(copy, file), 'utf8')
    if (text.split(find).length !== 2)
      throw new Error(`${name}: this is in ${file} ${text.split(find).length - 1} times: ${find}`)
    writeFileSync(
      join(copy, file),
      text.replace(find, () => replace),
    )
  }
  return copy
}

async function hunt(mutant: Mutant, url: string): Promise<Result> {
  const copy = plant(mutant)
  const template = mutant.edits.some(({ file }) => file.startsWith('migrations/'))
    ? `template_of_${mutant.name.replaceAll('-', '_')}`
    : undefined
  const args = [
    '--url',
    url,
    '--workers',
    '1',
    '--from',
    '1',
    '--seconds',
    String(seconds),
    '--first',
    '--prefer',
    mutant.name,
  ]
  if (template) args.push('--template', template)
  if (values.keep) args.push('--keep', fileURLToPath(new URL(`./corpus/mutant-${mutant.name}.json`, import.meta.url)))
  const started = performance.now()
  const said = await run(join(copy, 'sim/main.ts'), args)
  rmSync(copy, { recursive: true, force: true })
  if (!/^sim histories=/m.test(said)) throw new Error(`${mutant.name}: the simulation did not come to its end`)
  return { mutant, found: /^FAILED (.*)$/m.exec(said)?.[1], seconds: (performance.now() - started) / 1000 }
}

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { NODE_COMPILE_CACHE: join(folder, 'compiled'), ...process.env },
    })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.once('error', reject)
    child.once('close', () => resolve(said))
  })
}

const postgres = await startPostgres()
await makeTemplate(postgres.url)
const results: Result[] = []
const waiting = [...chosen]
const next = async (): Promise<void> => {
  for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
    const result = await hunt(mutant, postgres.url)
    results.push(result)
    const verdict = result.found !== undefined ? 'caught  ' : mutant.equivalent === undefined ? 'SURVIVED' : 'the same'
    console.log(
      `${verdict} ${mutant.name.padEnd(34)} ${result.seconds.toFixed(1).padStart(5)} s  ${result.found?.slice(0, 160) ?? mutant.equivalent ?? mutant.mistake}`,
    )
  }
}
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, next))
await postgres.stop()

const real = results.filter(({ mutant }) => mutant.equivalent === undefined)
const caught = real.filter(({ found }) => found !== undefined)
const unfit = results.filter(({ mutant, found }) => mutant.equivalent !== undefined && found !== undefined)
console.log(
  `mutants ${caught.length} of ${real.length} caught, ${results.length - real.length} equivalent ` +
    `(${results
      .filter(({ mutant }) => mutant.equivalent)
      .map(({ mutant }) => mutant.name)
      .join(', ')}), in ${((performance.now() - begun) / 1000).toFixed(0)} s`,
)
for (const { mutant } of unfit) console.log(`${mutant.name} is said to be equivalent and was caught: it is not.`)
process.exitCode = caught.length === real.length && unfit.length === 0 ? 0 : 1
