import type { Complaint } from './check.ts'
import { outcomeFacts } from './outcome-facts.ts'
import { expressions } from './parse-expression.ts'
import type { Expressions } from './parse-expression.ts'
import { readLine } from './parse-rules.ts'
import type { Guarantee, Line, Policy } from './policy.ts'
import { fieldsOf, itemsOf, refuse, textOf } from './yaml-reader.ts'
import type { Field } from './yaml-reader.ts'

const mostGuarantees = 100
const mostLines = 30

/** What the owner says always holds. */
export function readGuarantees(field: Field, reading: Expressions): readonly Guarantee[] {
  const names = new Set<string>()
  const guarantees = itemsOf(field, mostGuarantees)?.map((item) => readGuarantee(item, reading, names))
  return guarantees?.filter((each) => each !== undefined) ?? []
}

function readGuarantee(field: Field, reading: Expressions, names: Set<string>): Guarantee | undefined {
  const fields = fieldsOf(field, ['name', 'when', 'always'])
  if (!fields) return undefined
  const [nameField, when, always] = [fields.get('name'), fields.get('when'), fields.get('always')]
  if (!nameField || !always) return refuse(field, `\`${field.path}\` lacks ${nameField ? '`always`' : '`name`'}`)
  const name = textOf(nameField, 300)
  if (name === undefined) return undefined
  if (names.has(name)) return refuse(nameField, `There is already a guarantee "${name}"`)
  names.add(name)
  const lines = (each: Field): readonly Line[] =>
    itemsOf(each, mostLines)
      ?.map((item) => readLine(item, 'bool', reading))
      .filter((line) => line !== undefined) ?? []
  const kept = lines(always)
  if (itemsOf(always, mostLines)?.length === 0)
    refuse(always, 'A guarantee says at least one thing that always holds', 'decision.people >= 2')
  return {
    name,
    when: when ? lines(when) : [],
    always: kept,
    line: field.reader.lines.linePos(field.offset).line,
  }
}

/** A guarantee that stands in no file: from the command line. */
export function guaranteesFrom(
  { facts, scope }: Pick<Policy, 'facts' | 'scope'>,
  { when, always }: { readonly when: readonly string[]; readonly always: readonly string[] },
): { ok: true; guarantees: readonly Guarantee[] } | { ok: false; problems: readonly Complaint[] } {
  const reading = expressions({ facts: new Map([...facts, ...outcomeFacts]), scope })
  const problems: Complaint[] = []
  const lines = (sources: readonly string[]): readonly Line[] =>
    sources.flatMap((source) => {
      const read = reading.read(source, 'bool')
      if ('line' in read) return [read.line]
      problems.push(...read.complaints)
      return []
    })
  const guarantee = { name: always.join(' and '), when: lines(when), always: lines(always), line: 0 }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, guarantees: [guarantee] }
}
