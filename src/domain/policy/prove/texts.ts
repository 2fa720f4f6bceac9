import { walk } from '../expression.ts'
import type { Expr } from '../expression.ts'
import type { Fact } from '../catalog.ts'

// One of these stands between the parts of a made-up text: one that no constant contains, or it would not part them.
const gaps = ['~', '^', '|', '¦']
const mostParts = 4

/** What a text is asked in all expressions together. */
type Asked = { equal: Set<string>; starts: Set<string>; ends: Set<string>; holds: Set<string> }

/**
 * For each text fact the texts that matter: one for every combination of answers that the questions about it can have. Each
 * constant, each closed value, and texts put together of every beginning, ending and part that is asked for. Undefined for
 * a fact with so many parts asked for that the combinations are too many.
 */
export function textsOf(
  exprs: readonly Expr[],
  ordinary: (fact: Fact) => readonly string[],
): Map<string, readonly string[] | undefined> {
  const asked = new Map<string, Asked>()
  const facts = new Map<string, Fact>()
  for (const expr of exprs) {
    for (const part of walk(expr)) {
      if (part.op === 'fact' && part.type === 'text')
        facts.set(part.fact.name, together(part.fact, facts.get(part.fact.name)))
      note(part, (name) => {
        const known = asked.get(name) ?? { equal: new Set(), starts: new Set(), ends: new Set(), holds: new Set() }
        asked.set(name, known)
        return known
      })
    }
  }
  return new Map(
    [...facts.values()].map((fact) => {
      const about = asked.get(fact.name)
      if (fact.values) return [fact.name, fact.values]
      return [fact.name, about ? combined(about, ordinary(fact)) : ordinary(fact)]
    }),
  )
}

/** A fact that two policies declare with other values can have all of them. */
function together(fact: Fact, before: Fact | undefined): Fact {
  if (!fact.values || !before?.values) return fact
  return { ...fact, values: [...new Set([...before.values, ...fact.values])] }
}

function note(part: Expr, about: (name: string) => Asked): void {
  const text = (expr: Expr | undefined): string[] =>
    expr?.op === 'constant' && typeof expr.value === 'string' ? [expr.value] : []
  if (part.op === 'compare' && part.left.type === 'text') {
    for (const [side, other] of [
      [part.left, part.right],
      [part.right, part.left],
    ] as const)
      if (side.op === 'fact') for (const each of text(other)) about(side.fact.name).equal.add(each)
  }
  if (part.op === 'in' && part.item.op === 'fact' && part.list.op === 'constant')
    for (const each of part.list.value as readonly string[]) about(part.item.fact.name).equal.add(each)
  if (part.op === 'call' && part.fn.on === 'text' && part.args[0]?.op === 'fact') {
    const { starts, ends, holds } = about(part.args[0].fact.name)
    const kind = part.fn.name === 'startsWith' ? starts : part.fn.name === 'endsWith' ? ends : holds
    for (const each of text(part.args[1])) kind.add(each)
  }
}

function combined({ equal, starts, ends, holds }: Asked, ordinary: readonly string[]): readonly string[] | undefined {
  if (holds.size > mostParts || starts.size * ends.size > 200) return undefined
  const gap = gaps.find((each) => ![...equal, ...starts, ...ends, ...holds].some((text) => text.includes(each)))
  if (gap === undefined) return undefined
  let inside: string[] = ['']
  for (const part of holds) inside = inside.flatMap((text) => [text, `${text}${gap}${part}`])
  const made = ['', ...starts].flatMap((start) =>
    ['', ...ends].flatMap((end) =>
      inside.map((middle) => `${start}${middle}${start || middle || end ? gap : 'other'}${end}`),
    ),
  )
  return [...new Set([...ordinary, ...equal, ...made])]
}
