import { readDoc } from './document.ts'

/** A rule as a form shows it. Values are as they stand in the file; what is missing there is missing here. */
export type FormRule = {
  readonly id: string
  readonly when: readonly string[]
  readonly then: string
  readonly amount: string | undefined
  readonly access: string | undefined
  readonly destination: string | undefined
  /** One for a single entry; several when others approve from an amount on. */
  readonly approvers: readonly FormApprovers[] | undefined
  readonly approversListed: boolean
  readonly appeal: boolean | undefined
  readonly say: Readonly<Record<string, string>>
}

export type FormApprovers = { readonly role: string; readonly count: number; readonly from: string | undefined }

export type FormTest = {
  readonly name: string
  readonly given: Readonly<Record<string, unknown>>
  readonly expect: Readonly<Record<string, unknown>>
}

export type Form = {
  readonly name: string
  readonly timezone: string | undefined
  readonly judge_by: string | undefined
  readonly facts: Readonly<Record<string, unknown>>
  readonly rules: readonly FormRule[]
  readonly rights: readonly FormRule[]
  readonly otherwise: FormRule
  readonly tests: readonly FormTest[]
}

/** The order in which the fields of a rule stand, for a field that is new. */
export const ruleOrder = [
  'id',
  'when',
  'then',
  'amount',
  'access',
  'destination',
  'approvers',
  'appeal',
  'say',
] as const
/** The order in which the parts of a file stand. */
export const fileOrder = [
  'policy',
  'timezone',
  'judge_by',
  'holidays',
  'reasons',
  'facts',
  'rules',
  'rights',
  'otherwise',
  'guarantees',
  'assume',
  'tests',
] as const

/** What a text says, for the form; nothing when it is no YAML at the moment. It may have any other mistake. */
export function formOf(text: string): Form | undefined {
  const doc = readDoc(text)
  if (!doc) return undefined
  const root = fields(doc.doc.toJS({ maxAliasCount: 0 }))
  return {
    name: word(root['policy']) ?? '',
    timezone: word(root['timezone']),
    judge_by: word(root['judge_by']),
    facts: fields(root['facts']),
    rules: items(root['rules']).map(rule),
    rights: items(root['rights']).map(rule),
    otherwise: { ...rule(root['otherwise']), id: 'otherwise' },
    tests: items(root['tests']).map(test),
  }
}

const fields = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const word = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined

function rule(value: unknown): FormRule {
  const of = fields(value)
  return {
    id: word(of['id']) ?? '',
    when: items(of['when']).map((each) => word(each) ?? ''),
    then: word(of['then']) ?? '',
    amount: word(of['amount']),
    access: word(of['access']),
    destination: word(of['destination']),
    approvers: of['approvers'] === undefined ? undefined : approvers(of['approvers']),
    approversListed: Array.isArray(of['approvers']),
    appeal: typeof of['appeal'] === 'boolean' ? of['appeal'] : undefined,
    say: Object.fromEntries(Object.entries(fields(of['say'])).map(([tag, each]) => [tag, word(each) ?? ''])),
  }
}

function approvers(value: unknown): FormApprovers[] {
  return (Array.isArray(value) ? value : [value]).map((each) => {
    const { role, count, from } = fields(each)
    const amounts = Array.isArray(from) ? from.map(String).join(', ') : word(from)
    return { role: word(role) ?? '', count: Number(count ?? 1), from: amounts }
  })
}

function test(value: unknown): FormTest {
  const of = fields(value)
  return { name: word(of['name']) ?? '', given: fields(of['given']), expect: fields(of['expect']) }
}

/** An id that no rule has yet: new-rule, new-rule-2, … */
export function freeId({ rules, rights }: Form): string {
  const taken = new Set([...rules, ...rights].map(({ id }) => id))
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? 'new-rule' : `new-rule-${n}`
    if (!taken.has(id)) return id
  }
}
