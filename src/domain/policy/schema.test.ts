import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { policySchema } from './schema.ts'

const folder = new URL('../../../policies/', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8')
const ajv = new Ajv({ strict: false })
formats.default(ajv)
const valid = ajv.compile(policySchema)

test('the schema that editors load is the one in the code', () => {
  expect(JSON.parse(read('policy.schema.json'))).toEqual(JSON.parse(JSON.stringify(policySchema)))
})

test.each(readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml')))(
  '%s has the shape of the schema',
  (file) => {
    valid(parse(read(file)))
    expect(valid.errors).toBeNull()
  },
)

test('what is no policy does not', () => {
  expect([
    valid({ policy: 'P' }),
    valid({ policy: 'P', rules: [{ id: 'a', then: 'deny' }], otherwise: { then: 'deny' } }),
  ]).toEqual([false, false])
})
