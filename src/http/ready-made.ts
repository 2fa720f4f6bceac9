import { readdir, readFile } from 'node:fs/promises'
import { parsePolicy } from '../domain/policy/parse.ts'

const folder = new URL('../../policies/', import.meta.url)

export type ReadyMade = { id: string; name: string; rules: number; tests: number }

/** The policies that come with the program, as a starting point: the standard one first, then what companies and laws publish. */
export function readyMadePolicies(): Promise<ReadyMade[]> {
  return (listed ??= list())
}

// They come with the program and never change while it runs; reading all of them takes a moment.
let listed: Promise<ReadyMade[]> | undefined

async function list(): Promise<ReadyMade[]> {
  const files = (await readdir(new URL('published/', folder))).filter((file) => file.endsWith('.yaml')).sort()
  const ids = ['default', ...files.map((file) => file.slice(0, -5))]
  const read = await Promise.all(ids.map(async (id) => ({ id, source: await readyMadePolicy(id) })))
  return read.flatMap(({ id, source }) => {
    const parsed = parsePolicy(source ?? '')
    if (!parsed.ok) return []
    const { name, rules, rights, tests } = parsed.policy
    return [{ id, name, rules: rules.length + rights.length, tests: tests.length }]
  })
}

/** The text of one of them; nothing when there is none of this name. */
export async function readyMadePolicy(id: string): Promise<string | undefined> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id)) return undefined
  const file = id === 'default' ? 'default.yaml' : `published/${id}.yaml`
  return readFile(new URL(file, folder), 'utf8').catch(() => undefined)
}
